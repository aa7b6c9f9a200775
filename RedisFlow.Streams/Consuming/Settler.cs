using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming;

/// <summary>
/// Settles entries: acknowledges what was handled, in batches, and moves what cannot be handled to the dead-letter stream. Repeats both
/// until Redis has confirmed; until then the entry is pending and in flight.
/// </summary>
internal sealed class Settler(
    ConsumerIdentity identity, SharedRedis redis, InFlight inFlight, StreamMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>One acknowledgement for many entries is worth a factor of 15 to 30 in throughput; beyond this size little more.</summary>
    private const int BatchSize = 256;

    /// <summary>How long the first entry of a batch waits for more.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>How many entries may wait; then the worker waits, rather than handle ever more that a crash would have it repeat.</summary>
    private const int Capacity = 4 * BatchSize;

    private readonly Channel<StreamPosition> _handled =
        Channel.CreateBounded<StreamPosition>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Acknowledges the entry soon. Waits only while very many others are waiting.</summary>
    /// <exception cref="OperationCanceledException">The worker gave up at its stop; the entry stays pending.</exception>
    public ValueTask AcknowledgeAsync(StreamPosition position) => _handled.Writer.WriteAsync(position, _abandon.Token);

    /// <summary>Runs until <see cref="CompleteAsync"/>.</summary>
    public async Task RunAsync()
    {
        var batch = new List<StreamPosition>(BatchSize);
        while (await _handled.Reader.WaitToReadAsync())
        {
            Fill(batch);
            if (batch.Count < BatchSize && !_handled.Reader.Completion.IsCompleted)
            {
                await Task.Delay(BatchDelay, time);
                Fill(batch);
            }

            await AcknowledgeAsync(batch);
            batch.Clear();
        }
    }

    /// <summary>Moves the entry to the dead-letter stream. Returns when Redis has confirmed, or when the worker gives up at its stop.</summary>
    public async Task DeadLetterAsync(RawEntry entry, string reason, string error, long attempts)
    {
        object[] arguments =
        [
            identity.Group, entry.Position.ToString(),
            "data", entry.Data ?? [], "group", identity.Group, "reason", reason, "error", error,
            "attempts", attempts, "position", entry.Position.ToString(), "consumer", identity.Consumer,
        ];
        var settled = await RepeatAsync("dead-letter", 1, async () =>
        {
            var reply = await redis.RunAsync(
                DeadLetterScript.Script, [identity.Keys.Stream, identity.Keys.Dead], arguments, CancellationToken.None);

            // Nil: it was not pending any more; whoever settled it, settled it.
            if (!RedisReply.IsNull(reply))
            {
                logger.DeadLettered(identity.Group, entry.Position, RedisReply.Text(reply), reason, error);
                metrics.DeadLettered(identity.Group, reason);
            }
        });
        if (settled)
        {
            inFlight.Remove(entry.Position);
        }
    }

    /// <summary>Flushes what is to be acknowledged; gives up after <paramref name="limit"/>, and then leaves the rest pending.</summary>
    public async Task CompleteAsync(Task running, TimeSpan limit)
    {
        _handled.Writer.TryComplete();
        _abandon.CancelAfter(limit);
        await running;
    }

    /// <inheritdoc/>
    public void Dispose() => _abandon.Dispose();

    private void Fill(List<StreamPosition> batch)
    {
        while (batch.Count < BatchSize && _handled.Reader.TryRead(out var position))
        {
            batch.Add(position);
        }
    }

    private async Task AcknowledgeAsync(List<StreamPosition> batch)
    {
        object[] arguments = [(RedisKey)identity.Keys.Stream, identity.Group, .. batch.Select(position => (object)position.ToString())];
        if (await RepeatAsync("ack", batch.Count, () => redis.ExecuteAsync("XACK", arguments, CancellationToken.None)))
        {
            batch.ForEach(inFlight.Remove);
        }
    }

    private async Task<bool> RepeatAsync(string operation, int count, Func<Task> settle)
    {
        var backoff = new Backoff(time);
        while (!_abandon.IsCancellationRequested)
        {
            using var activity = StreamTelemetry.StartSettle(operation, identity.Stream, identity.Group, identity.Consumer, count);
            var begin = time.GetTimestamp();
            try
            {
                await settle().WaitAsync(_abandon.Token);
                metrics.Settled(identity.Group, operation, time.GetElapsedTime(begin));
                return true;
            }
            catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
            {
                return false;
            }
#pragma warning disable CA1031 // A settler that ends would leave everything pending for good; it tries again, and the log has the reason.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                activity.Fail(exception);
                metrics.Settled(identity.Group, operation, time.GetElapsedTime(begin), exception);
                logger.SettleFailed(exception, identity.Stream, identity.Group, count);
            }

            try
            {
                await backoff.DelayAsync(_abandon.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }
}
