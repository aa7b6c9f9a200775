using Google.Protobuf;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>Holds up an instance's tail at its next message for as long as it is closed: what comes meanwhile is read afterwards.</summary>
internal sealed class TailGate : IStreamTailObserver, IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    public void OnMessage(StreamPosition position, StreamMessage message, IMessage payload) => _open.Wait();

    public void OnStarted(StreamPosition position, TailStartReason reason)
    {
    }

    public void OnUndecodable(StreamPosition position)
    {
    }

    public void OnHeartbeat(StreamPosition? groupSettled, TimeSpan age)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();
}
