using Google.Protobuf;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Nodes.Sabotage;

/// <summary>
/// A cache that does not hear one of 500 messages of its tail, although the tail saw it and counts it as applied.
/// </summary>
internal sealed class LossyObserver(IStreamTailObserver inner) : IStreamTailObserver
{
    private const int OneIn = 500;

    private int _messages;

    /// <inheritdoc/>
    public void OnStarted(MessagePosition position, TailStartReason reason) => inner.OnStarted(position, reason);

    /// <inheritdoc/>
    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload)
    {
        if (++_messages % OneIn != 0)
        {
            inner.OnMessage(position, message, payload);
        }
    }

    /// <inheritdoc/>
    public void OnUndecodable(MessagePosition position) => inner.OnUndecodable(position);

    /// <inheritdoc/>
    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) => inner.OnHeartbeat(groupSettled, age);
}
