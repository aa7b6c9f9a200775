using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace RedisFlow.Caching.Serialization;

/// <summary>Whether callers may share a value, or each needs a copy of its own.</summary>
/// <remarks>
/// <para>
/// A value is shared when no caller can change it: strings, structs without references, types marked
/// <c>[ImmutableObject(true)]</c>, as HybridCache has it, and beyond that whatever is immutable by its structure, see
/// <see cref="ImmutableStructure"/>: records of primitives, strings and immutable collections, for example, without any
/// mark. <c>[ImmutableObject(false)]</c> on a type excludes it.
/// </para>
/// <para>
/// What counts is the type of the value, not the declared one: behind an interface, or a class that is not sealed,
/// anything may be.
/// </para>
/// </remarks>
internal static class Immutability
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    /// <summary>Whether callers may share the value. <c>null</c> they may.</summary>
    public static bool IsImmutable<T>(T value) =>
        value is null || (Immutability<T>.IsDecided ? Immutability<T>.IsImmutable : IsImmutable(value.GetType()));

    /// <summary>Whether the objects of exactly this type are immutable.</summary>
    internal static bool IsImmutable(Type type) =>
        Known.TryGetValue(type, out var known) ? known : Known.GetOrAdd(type, ImmutableStructure.OfObject(type));
}

/// <summary>What the declared type alone says about its values; decided once.</summary>
internal static class Immutability<T>
{
    /// <summary>Whether it says all: every value of a struct or a sealed class has this very type.</summary>
    public static bool IsDecided { get; } = typeof(T).IsValueType || typeof(T).IsSealed;

    /// <summary>If so: whether the values are immutable.</summary>
    public static bool IsImmutable { get; } = IsDecided && Decide();

    // A struct is copied for each caller; only what it refers to is shared.
    private static bool Decide() =>
        typeof(T).IsValueType
            ? !RuntimeHelpers.IsReferenceOrContainsReferences<T>() || ImmutableStructure.OfStruct(typeof(T))
            : Immutability.IsImmutable(typeof(T));
}
