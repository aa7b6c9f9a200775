using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace RedisFlow.Caching.Serialization;

/// <summary>
/// Decides by its fields whether a type is immutable: an object is, if each of its instance fields, those of its base
/// classes included, can be written only by a constructor or an initializer (<c>initonly</c>), and holds something that
/// is immutable itself.
/// </summary>
/// <remarks>
/// <para>Why this is sound. Every way to change an object ends with a write to one of its fields, or to an object that
/// it refers to.</para>
/// <list type="bullet">
/// <item>No language lets anything but the constructor, and the initializers that run before the object is handed out,
/// write an <c>initonly</c> field. Of a struct in such a field only copies are handed out, so the struct's own fields
/// need not be <c>initonly</c>.</item>
/// <item>What a field refers to can be of any type that is assignable to the field's. So that must be sealed, and
/// analysed in turn; a field of an interface, of <c>object</c>, of a class that is not sealed, of an array or a
/// delegate makes the type mutable. So does one of a handle or pointer.</item>
/// <item>Types that refer to themselves are immutable if nothing but that question is left open: if some field could be
/// written, it would be found as a field of one of the types that were looked at, whichever way they refer to each
/// other.</item>
/// </list>
/// <para>
/// Some types of the base library are immutable though their fields look otherwise (they cache what they computed, or
/// hide an array); these are named below. Comparers of collections count as code, not as data.
/// </para>
/// <para>
/// The limit: reflection, unsafe code and <c>ImmutableCollectionsMarshal</c> can write what no other code can, a class
/// derived from <see cref="Uri"/> could add fields of its own, and a constructor can hand out its own object early. And
/// a mark is believed.
/// </para>
/// </remarks>
internal static class ImmutableStructure
{
    // Generic types can refer to ever new instances of themselves. What is that large is copied.
    private const int MaxTypes = 256;

    private static readonly FrozenSet<Type> Leaves = FrozenSet.ToFrozenSet([
        typeof(string),
        typeof(decimal),
        typeof(DateTime),
        typeof(DateTimeOffset),
        typeof(DateOnly),
        typeof(TimeOnly),
        typeof(TimeSpan),
        typeof(Guid),
        typeof(Half),
        typeof(Int128),
        typeof(UInt128),
        typeof(BigInteger),
        typeof(Rune),
        typeof(Index),
        typeof(Range),
        typeof(Uri),
        typeof(Version),
    ]);

    // Immutable if their type arguments are. No type outside the base library can derive from the frozen ones.
    private static readonly FrozenSet<Type> Collections = FrozenSet.ToFrozenSet([
        typeof(ImmutableArray<>),
        typeof(ImmutableList<>),
        typeof(ImmutableHashSet<>),
        typeof(ImmutableDictionary<,>),
        typeof(ImmutableSortedSet<>),
        typeof(ImmutableSortedDictionary<,>),
        typeof(ImmutableStack<>),
        typeof(ImmutableQueue<>),
        typeof(FrozenSet<>),
        typeof(FrozenDictionary<,>),
    ]);

    /// <summary>
    /// Whether reflection sees the fields of all types. Native code has them only of types that are reflected upon: of
    /// any other it would find none, and nothing would seem to change.
    /// </summary>
    private static bool SeesFields => RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>
    /// Whether the objects of exactly this type are immutable; also structs in boxes, which an interface can write to.
    /// </summary>
    public static bool OfObject(Type type) => OfObject(type, SeesFields);

    /// <inheritdoc cref="OfObject(Type)"/>
    /// <param name="type">The type.</param>
    /// <param name="seesFields">Whether fields can be relied on. If not, only what is named or marked is
    /// immutable.</param>
    internal static bool OfObject(Type type, bool seesFields) => new Analysis(seesFields).IsObjectImmutable(type);

    /// <summary>Whether copies of a struct share nothing that can change.</summary>
    public static bool OfStruct(Type type) => OfStruct(type, SeesFields);

    /// <inheritdoc cref="OfStruct(Type)"/>
    internal static bool OfStruct(Type type, bool seesFields) => new Analysis(seesFields).IsContentImmutable(type);

    private static Type? CollectionOf(Type type)
    {
        for (var part = type; part is not null; part = part.BaseType)
        {
            if (part.IsGenericType && Collections.Contains(part.GetGenericTypeDefinition()))
            {
                return part;
            }
        }

        return null;
    }

    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2070",
        Justification = "A field that trimming removes is one that nothing writes; where no fields are seen at all, "
            + "this is not called."
    )]
    private static FieldInfo[] FieldsOf(Type type) =>
        type.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
        );

    /// <summary>One decision.</summary>
    private sealed class Analysis(bool seesFields)
    {
        private readonly HashSet<Type> _seen = [];

        public bool IsObjectImmutable(Type type)
        {
            if (IsKnown(type) is { } known)
            {
                return known;
            }

            for (var part = type; part is not null; part = part.BaseType)
            {
                foreach (var field in FieldsOf(part))
                {
                    if (!field.IsInitOnly || !IsContentImmutable(field.FieldType))
                    {
                        return false;
                    }
                }
            }

            return true;
        }

        // What a field of this type holds, if the field is never written.
        public bool IsContentImmutable(Type type) =>
            type.IsValueType
                ? IsKnown(type) ?? Array.TrueForAll(FieldsOf(type), Holds)
                : (type.IsSealed || Leaves.Contains(type) || CollectionOf(type) is not null) && IsObjectImmutable(type);

        private bool Holds(FieldInfo field) => IsContentImmutable(field.FieldType);

        private bool? IsKnown(Type type)
        {
            // They refer to something without saying to what. An array has no fields, for that matter.
            if (
                type.IsArray
                || type.IsPointer
                || type.IsFunctionPointer
                || type == typeof(nint)
                || type == typeof(nuint)
            )
            {
                return false;
            }

            if (type.IsPrimitive || type.IsEnum || Leaves.Contains(type))
            {
                return true;
            }

            // Only on the type itself: a class derived from a marked one promises nothing.
            if (type.GetCustomAttribute<ImmutableObjectAttribute>(inherit: false) is { } mark)
            {
                return mark.Immutable;
            }

            if (!_seen.Add(type))
            {
                return true;
            }

            if (_seen.Count > MaxTypes)
            {
                return false;
            }

            if (CollectionOf(type) is { } collection)
            {
                return Array.TrueForAll(collection.GetGenericArguments(), IsContentImmutable);
            }

            return seesFields ? null : false;
        }
    }
}
