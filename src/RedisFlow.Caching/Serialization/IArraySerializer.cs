using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching.Serialization;

/// <summary>
/// A serializer that makes an array of the right length, and reads from one, without a buffer between.
/// </summary>
internal interface IArraySerializer<T> : IHybridCacheSerializer<T>
{
    byte[] ToArray(T value);

    T FromSpan(ReadOnlySpan<byte> source);

    /// <summary>Whether reading the bytes is known to give the value again, so that it need not be tried.</summary>
    bool IsExact(T value, ReadOnlySpan<byte> written) => false;
}
