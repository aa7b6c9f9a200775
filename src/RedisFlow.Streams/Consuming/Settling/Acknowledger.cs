using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Telemetry;
using RedisFlow.Streams.Threading;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Settling;

/// <summary>
/// Settles entries: acknowledges what was handled, in batches, and moves what cannot be handled to the dead-letter
/// stream. Repeats both until Redis has confirmed; until then the entry is pending and held.
/// </summary>
internal sealed class Acknowledger(
    ConsumerIdentity identity,
    SharedRedis redis,
    ConsumerStateMachine core,
    AsyncSignal waiting,
    StreamMetrics metrics,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private readonly StreamKeys _keys = identity.Keys;
    private readonly CancellationTokenSource _abandon = new();
    private volatile bool _completing;

    /// <summary>Acknowledges until <see cref="CompleteAsync"/>.</summary>
    public async Task RunAsync()
    {
        var batch = new List<MessagePosition>(ConsumerStateMachine.AcknowledgementBatch);
        while (!_abandon.IsCancellationRequested)
        {
            switch (core.TakeAcknowledgements(batch))
            {
                case null when _completing:
                    return;
                case null:
                    await waiting.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
                    break;
                case { Ticks: > 0 } wait:
                    await waiting.WaitAsync(wait, CancellationToken.None).ConfigureAwait(false);
                    break;
                default:
                    await AcknowledgeAsync(batch).ConfigureAwait(false);
                    batch.Clear();
                    break;
            }
        }
    }

    /// <summary>Moves the entry to the dead-letter stream.</summary>
    /// <returns><c>true</c> when Redis has confirmed; <c>false</c> when the worker gave up at its stop.</returns>
    public Task<bool> DeadLetterAsync(RawEntry entry, string reason, string error, long attempts)
    {
        RedisValue[] arguments =
        [
            identity.Group,
            entry.Position.ToString(),
            identity.Consumer,
            "data",
            entry.Data ?? [],
            "group",
            identity.Group,
            "reason",
            reason,
            "error",
            error,
            "attempts",
            attempts,
            "position",
            entry.Origin.ToString(),
            "consumer",
            identity.Consumer,
        ];
        RedisKey[] keys = identity.IsParked
            ? [identity.Source, _keys.Dead, .. ParkedCounts]
            : [identity.Source, _keys.Dead];
        return RepeatAsync(
            "dead-letter",
            1,
            async () =>
            {
                var reply = await redis
                    .RunAsync(StreamScripts.DeadLetter, keys, arguments, CancellationToken.None)
                    .ConfigureAwait(false);

                // Nil: it is settled, or another consumer's, who settles it.
                if (!RedisReply.IsNull(reply))
                {
                    logger.DeadLettered(identity.Group, entry.Origin, RedisReply.Text(reply), reason, error);
                    metrics.DeadLettered(identity.Group, reason);
                }
            }
        );
    }

    /// <summary>
    /// Moves the entry to what the group has parked, if its type is not known or others of its subject are there.
    /// </summary>
    /// <returns>
    /// <c>true</c> when it is there, or another consumer's, who settles it; <c>false</c> if no others are there;
    /// <c>null</c> when the worker gave up at its stop.
    /// </returns>
    public async Task<bool?> ParkAsync(InFlightMessage held)
    {
        var message = held.Decoded.Message!;
        var waitsFor = held.Decoded.WaitsFor ?? "";
        RedisValue[] arguments =
        [
            identity.Group,
            held.Position.ToString(),
            identity.Consumer,
            held.Subject ?? "",
            waitsFor,
            "data",
            held.Entry.Data,
            "schema",
            message.SchemaVersion,
            "type",
            MessageDecoder.TypeOf(message),
        ];
        var isParked = true;
        var isConfirmed = await RepeatAsync(
                "park",
                1,
                async () =>
                {
                    var reply = await redis
                        .RunAsync(
                            StreamScripts.Park,
                            [identity.Source, _keys.Parked(identity.Group), .. ParkedCounts],
                            arguments,
                            CancellationToken.None
                        )
                        .ConfigureAwait(false);
                    isParked = RedisReply.IsNull(reply) || RedisReply.Integer(reply) == ParkReply.IsParked;
                    if (isParked && !RedisReply.IsNull(reply))
                    {
                        logger.Parked(identity.Group, held.Position, message.Subject, waitsFor);
                    }
                }
            )
            .ConfigureAwait(false);
        return isConfirmed ? isParked : null;
    }

    /// <summary>
    /// Flushes what is to be acknowledged; gives up after <paramref name="limit"/>, and then leaves the rest pending.
    /// </summary>
    public async Task CompleteAsync(Task running, TimeSpan limit)
    {
        _completing = true;
        _abandon.CancelAfter(limit);
        waiting.Set();
        await running.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _abandon.Dispose();

    private async Task AcknowledgeAsync(List<MessagePosition> batch)
    {
        RedisValue[] positions = [.. batch.Select(position => (RedisValue)position.ToString())];
        Func<Task> acknowledge = identity.IsParked
            ? () =>
                redis.RunAsync(
                    StreamScripts.Unpark,
                    [identity.Source, .. ParkedCounts],
                    [identity.Group, .. positions],
                    CancellationToken.None
                )
            : () => redis.Database.StreamAcknowledgeAsync(identity.Source, identity.Group, positions);
        if (await RepeatAsync("ack", batch.Count, acknowledge).ConfigureAwait(false))
        {
            core.Acknowledged(batch);
        }
    }

    private RedisKey[] ParkedCounts => [_keys.ParkedSubjects(identity.Group), _keys.ParkedTypes(identity.Group)];

    private async Task<bool> RepeatAsync(string operation, int count, Func<Task> settle)
    {
        var backoff = new Backoff(time);
        while (!_abandon.IsCancellationRequested)
        {
            try
            {
                await TryAsync(operation, count, settle).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
            {
                // Nothing is pending in a group that does not exist; the healed one delivers it again.
                return true;
            }
            // A settler that ends would leave everything pending for good; it tries again, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.SettleFailed(exception, identity.Stream, identity.Group, count);
            }

            await backoff.DelayAsync(_abandon.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private async Task TryAsync(string operation, int count, Func<Task> settle)
    {
        using var activity = StreamTelemetry.StartSettle(
            operation,
            identity.Stream,
            identity.Group,
            identity.Consumer,
            count
        );
        var begin = time.GetTimestamp();
        try
        {
            await settle().OrAbandon(_abandon.Token).ConfigureAwait(false);
            metrics.Settled(identity.Group, operation, time.GetElapsedTime(begin));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            activity.Fail(exception);
            metrics.Settled(identity.Group, operation, time.GetElapsedTime(begin), exception);
            throw;
        }
    }
}
