using Microsoft.Extensions.Logging;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;

namespace RedisFlow.Caching.Loading;

/// <summary>Counts and logs loads that fail or hang, and leaves a source that fails alone for a moment.</summary>
internal sealed class LoadFailures(L1Cache l1, CachingOptions options, TimeProvider time, ILogger logger)
{
    private readonly CoarseClock _clock = new(time);
    private readonly LogThrottle _notLoaded = new(time);

    /// <summary>Counts a load that has ended with an exception.</summary>
    /// <returns>
    /// What its callers get: the exception; and with it that of <see cref="CachingOptions.IsSourceFault"/>, if it fails
    /// too. A load whose callers get nothing would keep them waiting for ever.
    /// </returns>
    public Exception Count(SharedLoad load, Exception exception)
    {
#pragma warning disable CA1031 // The application's code may throw anything; the callers get it.
        try
        {
            Judge(load, exception);
            return exception;
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var both = new AggregateException(exception, failure);
            if (_notLoaded.MayLog())
            {
                CacheLog.LoadFailed(logger, load.Key, both);
            }

            return both;
        }
    }

    /// <summary>A load has given way to another one: it took longer than loads may take.</summary>
    public void CountHanging(SharedLoad load)
    {
        load.Plan.Policy.Statistics.LoadFailures.Add();
        if (_notLoaded.MayLog())
        {
            CacheLog.LoadHangs(logger, load.Key, options.MaxLoadTime);
        }
    }

    private void Judge(SharedLoad load, Exception exception)
    {
        if (load.WasAbandoned)
        {
            return;
        }

        var policy = load.Plan.Policy;
        policy.Statistics.LoadFailures.Add();
        if (!options.IsSourceFault(exception))
        {
            return;
        }

        var present = l1.GetStale(load.Key);
        if (present is not null)
        {
            // The source is left alone for a moment, whether the entry has expired or is to be refreshed.
            var retryAt = _clock.After(policy.FailSafeRetry);
            present.LeftAloneUntil = retryAt;
            if (load.SkipsL2)
            {
                present.RefreshAt = retryAt;
            }
        }

        // A caller that waits gets the exception; in these cases no caller does.
        if ((present is not null || load.IsDetached) && _notLoaded.MayLog())
        {
            CacheLog.LoadFailed(logger, load.Key, exception);
        }
    }
}
