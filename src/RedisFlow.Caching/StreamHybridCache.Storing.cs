using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Serialization;

namespace RedisFlow.Caching;

// What was found in Redis goes to memory, if it is still true.
public sealed partial class StreamHybridCache
{
    /// <summary>
    /// Judges an entry from Redis and takes it to memory. One that has expired is kept there for the case that the load
    /// fails.
    /// </summary>
    /// <returns>Its value; <c>null</c> if it must not be used.</returns>
    private Loaded<T>? Use<T>(SharedLoad<T> flight, L2Entry entry)
    {
        var ticket = flight.Ticket;
        if (!_log.IsStoredCurrent(ticket, entry.AsOf, flight.Key, entry.Tags, out _))
        {
            return null;
        }

        if (entry.IsNull && default(T) is not null)
        {
            // Nothing was cached as another type; to this one it would be zero.
            return null;
        }

        T value;
        try
        {
            value = entry.IsNull ? default! : _serializers.Deserialize<T>(entry.Payload);
        }
        catch (Exception exception)
        {
            _l2.Unreadable(flight.Key, exception);
            return null;
        }

        var found = new Encoded<T>(value, entry.IsNull ? null : entry.Payload);
        var remaining = entry.Expires - _time.GetUtcNow();
        _l1Writer.StoreFromL2(flight.Key, entry.Tags, found, ticket, entry.AsOf, flight.Plan, remaining);
        return remaining > TimeSpan.Zero ? new Loaded<T>(found.Value, found.Payload, CacheOutcome.L2) : null;
    }
}
