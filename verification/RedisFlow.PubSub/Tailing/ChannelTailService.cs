using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Tailing;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.PubSub.Tailing;

/// <summary>
/// The tail that listens to the stream's channel. It tells what a cache on Pub/Sub can know: with every new connection
/// it begins again after a gap, and it trusts that it hears everything while its connection answers. Nothing tells it
/// of a message that did not come.
/// </summary>
internal sealed class ChannelTailService(
    [FromKeyedServices] TailSubscribers audience,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] TailProgress progress,
    [FromKeyedServices] StreamMetrics metrics,
    StreamConnection connectionSource,
    SharedRedis redis,
    TimeProvider time,
    ILogger<ChannelTailService> logger
) : TailService(audience, stream, progress, time, logger)
{
    private ChannelSubscription? _subscription;
    private MessagePosition _start;

    /// <inheritdoc/>
    protected override async Task StepAsync(TailDelivery delivery, CancellationToken stop)
    {
        if (_subscription is null)
        {
            await BeginAsync(delivery, stop).ConfigureAwait(false);
            return;
        }

        var heard = await _subscription.NextAsync(stop).ConfigureAwait(false);
        Progress.Heard();
        if (heard.Announcement is { } announcement)
        {
            Deliver(Announcement.Read(announcement), delivery);
        }
        else
        {
            Heartbeat(heard.Asked, delivery);
        }
    }

    /// <inheritdoc/>
    protected override void Failed(Exception exception)
    {
        _subscription?.Dispose();
        _subscription = null;
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync()
    {
        _subscription?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task BeginAsync(TailDelivery delivery, CancellationToken stop)
    {
        _subscription = await ChannelSubscription
            .OpenAsync(
                connectionSource.ConnectionString!,
                $"{Stream.Options.InstanceId}:channel".Replace(' ', '_'),
                Announcement.Channel(Stream.Keys),
                Stream.Keys.Stream,
                HeartbeatInterval,
                Time,
                stop
            )
            .ConfigureAwait(false);

        // In this order: the tail receives what is published in between, and that is not after the position.
        var asked = Time.GetTimestamp();
        var state = await StreamState.ReadAsync(redis, Stream.Keys, group: null, stop).ConfigureAwait(false);
        if (Reason == TailStartReason.Gap)
        {
            metrics.Gap();
        }

        _start = state.Last;
        Begin(delivery, state.Last);
        Progress.Heard();
        Heartbeat(asked, delivery);
        Begun();
    }

    private void Deliver(RawEntry entry, TailDelivery delivery)
    {
        if (entry.Position <= _start)
        {
            return;
        }

        // An entry may be announced late or again; how far the tail is moves forward only.
        delivery.Entry(entry);
        Progress.Applied(MessagePosition.Max(Progress.AppliedPosition, entry.Position));
    }

    /// <summary>
    /// No group vouches for what this tail did not hear. A cache on Pub/Sub believes that there is nothing: so what it
    /// has applied counts as settled.
    /// </summary>
    private void Heartbeat(long asked, TailDelivery delivery) =>
        delivery.Heartbeat(Progress.AppliedPosition, Progress.AppliedPosition, Time.GetElapsedTime(asked));
}
