using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Tailing;

/// <summary>Hands what the tail reads to every observer.</summary>
internal sealed class TailDelivery(
    IReadOnlyList<IStreamTailObserver> observers,
    MessageDecoder decoder,
    string application,
    ILogger logger
)
{
    public void Started(MessagePosition position, TailStartReason reason) =>
        Each(position, observer => observer.OnStarted(position, reason));

    public void Heartbeat(MessagePosition position, MessagePosition? groupSettled, TimeSpan age) =>
        Each(position, observer => observer.OnHeartbeat(groupSettled, age));

    public void Entry(RawEntry entry)
    {
        var decoded = decoder.Decode(entry);
        if (decoded.Message is { TargetApplication: { Length: > 0 } target } && target != application)
        {
            return;
        }

        if (decoded.Payload is { } payload)
        {
            Each(entry.Position, observer => observer.OnMessage(entry.Position, decoded.Message!, payload));
        }
        else if (decoded.Message is { } message)
        {
            Each(entry.Position, observer => observer.OnUnknown(entry.Position, message));
        }
        else
        {
            Each(entry.Position, observer => observer.OnUndecodable(entry.Position));
        }
    }

    private void Each(MessagePosition position, Action<IStreamTailObserver> call)
    {
        foreach (var observer in observers)
        {
            try
            {
                call(observer);
            }
            catch (Exception exception)
            {
                logger.ObserverFailed(exception, observer.GetType().Name, position);
                throw new TailObserverException(exception);
            }
        }
    }
}

/// <summary>An observer broke its promise not to throw: what it knows may be wrong now.</summary>
internal sealed class TailObserverException(Exception exception) : Exception(exception.Message, exception);
