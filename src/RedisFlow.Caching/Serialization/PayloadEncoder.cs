using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.Serialization;

/// <summary>
/// Makes the serialized forms that are cached. A value that has none, or whose form is too large, is not cached: that
/// is counted, and logged once for each key.
/// </summary>
internal sealed class PayloadEncoder(
    Serializers serializers,
    CachingOptions options,
    CacheMetrics metrics,
    TimeProvider time,
    ILogger logger
)
{
    private readonly LogOncePerKey _notCached = new(time);

    /// <summary>
    /// Writes a value and reads it back. What was read back is what every reader gets, the first one and those who
    /// share its load included: so the value has one shape, for the one that loaded it as for all others, in memory and
    /// in Redis.
    /// </summary>
    public Encoded<T> Encode<T>(string key, T value)
    {
        if (value is null)
        {
            return new Encoded<T>(value, null);
        }

        try
        {
            var payload = serializers.Serialize(value);
            return new Encoded<T>(serializers.ReadBack(value, payload), payload);
        }
        catch (Exception exception)
        {
            // The serializer is the service's code. Its callers get their values all the same.
            metrics.NotSerializable.Add();
            if (_notCached.MayLog(key))
            {
                CacheLog.NotSerializable(logger, key, typeof(T).FullName ?? typeof(T).Name, exception);
            }

            return new Encoded<T>(value, null);
        }
    }

    /// <summary>Whether a payload is small enough to be cached.</summary>
    public bool Fits(string key, ReadOnlyMemory<byte>? payload)
    {
        if (payload is not { } bytes || bytes.Length <= options.MaxPayloadBytes)
        {
            return true;
        }

        metrics.TooLarge.Add();
        if (_notCached.MayLog(key))
        {
            CacheLog.TooLarge(logger, key, bytes.Length, options.MaxPayloadBytes);
        }

        return false;
    }
}
