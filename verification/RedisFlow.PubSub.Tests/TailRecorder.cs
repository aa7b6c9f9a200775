using System.Collections.Concurrent;
using Google.Protobuf;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.PubSub.Tests;

/// <summary>What a tail told, in order.</summary>
internal sealed class TailRecorder : IStreamTailObserver
{
    public ConcurrentQueue<(MessagePosition Position, TailStartReason Reason)> Starts { get; } = new();

    public ConcurrentQueue<(MessagePosition Position, IMessage Payload)> Messages { get; } = new();

    public ConcurrentQueue<MessagePosition> Undecodable { get; } = new();

    public ConcurrentQueue<MessagePosition?> Heartbeats { get; } = new();

    public bool Fails { get; init; }

    public void OnStarted(MessagePosition position, TailStartReason reason) => Starts.Enqueue((position, reason));

    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload)
    {
        Messages.Enqueue((position, payload));
        if (Fails)
        {
            throw new InvalidOperationException("broken");
        }
    }

    public void OnUndecodable(MessagePosition position) => Undecodable.Enqueue(position);

    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) => Heartbeats.Enqueue(groupSettled);

    /// <summary>Waits for a message.</summary>
    public Task HeardAsync(MessagePosition position, TimeSpan? limit = null) =>
        Eventually.Until(
            () => Messages.Any(message => message.Position == position),
            limit,
            TestContext.Current.CancellationToken
        );

    /// <summary>Waits for further heartbeats.</summary>
    public Task HeartbeatsAsync(int more)
    {
        var count = Heartbeats.Count + more;
        return Eventually.Until(
            () => Heartbeats.Count >= count,
            cancellationToken: TestContext.Current.CancellationToken
        );
    }
}
