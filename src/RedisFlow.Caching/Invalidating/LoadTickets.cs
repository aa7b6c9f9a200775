using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.Invalidating;

/// <summary>Gives loads their tickets, and says what a ticket is worth now.</summary>
internal sealed class LoadTickets(InvalidationLog log, CachingOptions options, TimeProvider time, ILogger logger)
{
    private int _saidNothingIsCached;

    /// <summary>Whether this instance has not been at the stream's end for too long.</summary>
    public bool IsBlind => log.IsBlind(options.MaxDisconnectedTime);

    /// <summary>Takes note of what is known now, for what is to be stored under the key.</summary>
    public LoadTicket Take(string key)
    {
        var ticket = log.Begin();
        if (!ticket.TailHadStarted && Interlocked.Exchange(ref _saidNothingIsCached, 1) == 0)
        {
            CacheLog.NothingCachedYet(logger, key);
        }

        return ticket;
    }

    /// <summary>The same for a load outside of the cache; <c>null</c> while nothing is stored.</summary>
    public LoadTicket? TryTake() => log.Begin() is var ticket && MayStore(ticket) ? ticket : null;

    /// <summary>Whether what is loaded under the ticket may be stored, if nothing invalidates it.</summary>
    public bool MayStore(in LoadTicket ticket) => ticket.TailHadStarted && !IsBlind;

    /// <summary>Whether the load has taken longer than loads may take.</summary>
    public bool IsTooOld(in LoadTicket ticket) => time.GetElapsedTime(ticket.StartedAt) > options.MaxLoadTime;
}
