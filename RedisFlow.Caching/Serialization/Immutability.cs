using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace RedisFlow.Caching;

/// <summary>
/// Which values callers may share, by the rule of HybridCache: strings, structs without references, and structs and sealed classes marked
/// <c>[ImmutableObject(true)]</c>. A record is none of these by itself: its members may be lists.
/// </summary>
internal static class Immutability<T>
{
    public static bool IsImmutable { get; } = Decide(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));

    private static bool Decide(Type type) =>
        type == typeof(string)
        || !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        || ((type.IsValueType || type.IsSealed) && type.GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true });
}
