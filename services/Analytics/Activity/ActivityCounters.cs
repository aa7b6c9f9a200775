using RedisFlow.Analytics.Contracts;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Analytics.Activity;

/// <summary>How a batch ended.</summary>
internal enum BatchOutcome
{
    /// <summary>It was counted.</summary>
    Counted,

    /// <summary>It had been counted before, and was not counted again.</summary>
    Repeated,

    /// <summary>Its id belongs to a batch with other events; it was not counted.</summary>
    OtherEvents,

    /// <summary>Redis did not confirm it: it may be counted or not. With an id it can be sent again.</summary>
    Unconfirmed,
}

/// <summary>
/// The live counters in Redis. They are this service's own data, not derived from Organization's: no message concerns
/// them.
/// </summary>
internal sealed partial class ActivityCounters(
    IConnectionMultiplexer redis,
    TimeProvider time,
    ILogger<ActivityCounters> logger
)
{
    private static readonly RedisScript CountBatch = new(
        LuaResource.Load(typeof(ActivityCounters).Assembly, "count_batch")
    );

    private static readonly RedisValue[] Kinds = [.. ActivityKinds.All.Select(kind => (RedisValue)kind)];

    /// <summary>Counts a batch, all of it or nothing.</summary>
    /// <returns>How it ended, and how many events it counted, now or before.</returns>
    public async Task<(BatchOutcome Outcome, long Events)> CountAsync(
        ActivityBatch batch,
        CancellationToken cancellationToken
    )
    {
        List<RedisKey> keys = [ActivityKeys.Batch(batch.Id ?? "")];
        List<RedisValue> arguments =
        [
            batch.Id is null ? "" : batch.Digest,
            batch.Events.Count,
            (long)ActivityLimits.BatchMemory.TotalMilliseconds,
        ];
        var today = Today();
        foreach (var group in batch.Events.GroupBy(one => (one.CompanyId, one.Kind, one.Day)))
        {
            var ((companyId, kind, day), count) = (group.Key, group.Sum(one => one.Count));
            Add(ActivityKeys.Total(companyId), kind, count, TimeSpan.Zero);
            if (day >= today)
            {
                // Days that are over are not shown any more.
                Add(ActivityKeys.Day(companyId, day), kind, count, ActivityLimits.DayMemory);
            }
        }

        RedisResult[] reply;
        try
        {
            reply = (RedisResult[])
                (
                    await CountBatch
                        .RunAsync(redis.GetDatabase(), [.. keys], [.. arguments])
                        .WaitAsync(cancellationToken)
                )!;
        }
        catch (Exception exception) when (RedisFaults.IsInfrastructure(exception))
        {
            // Told to the sender, who alone knows whether to send it again.
            LogUnconfirmed(exception, batch.Events.Count);
            return (BatchOutcome.Unconfirmed, 0);
        }

        var outcome = (int)reply[0] switch
        {
            1 => BatchOutcome.Counted,
            0 => BatchOutcome.Repeated,
            _ => BatchOutcome.OtherEvents,
        };
        return (outcome, (long)reply[1]);

        void Add(string key, string kind, long count, TimeSpan lifetime)
        {
            keys.Add(key);
            arguments.AddRange([kind, count, (long)lifetime.TotalMilliseconds]);
        }
    }

    /// <summary>Reads a company's counters; all zero where nothing was counted.</summary>
    public async Task<CompanyActivityResponse> ReadAsync(long companyId, CancellationToken cancellationToken)
    {
        // The time first: the counters are at least as new. The day before the total: so no day has more than there
        // ever was.
        var asOf = time.GetUtcNow();
        var day = Today();
        var database = redis.GetDatabase();
        var ofDay = database.HashGetAsync(ActivityKeys.Day(companyId, day), Kinds, CommandFlags.DemandMaster);
        var ofAll = database.HashGetAsync(ActivityKeys.Total(companyId), Kinds, CommandFlags.DemandMaster);
        await Task.WhenAll(ofDay, ofAll).WaitAsync(cancellationToken);

        var kinds = ActivityKinds.All.Zip(await ofDay, await ofAll);
        return new CompanyActivityResponse(
            companyId,
            asOf,
            day,
            [.. kinds.Select(kind => new KindActivity(kind.First, Number(kind.Second), Number(kind.Third)))]
        );
    }

    private static long Number(RedisValue counter) => counter.IsNull ? 0 : (long)counter;

    [LoggerMessage(
        LogLevel.Warning,
        "Redis did not confirm a batch of {Events} events; whether it was counted is unknown"
    )]
    private partial void LogUnconfirmed(Exception exception, int events);

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
