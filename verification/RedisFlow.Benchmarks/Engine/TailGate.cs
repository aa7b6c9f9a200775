using Google.Protobuf;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// Holds up an instance's tail at its next message for as long as it is closed: what comes meanwhile is read
/// afterwards.
/// </summary>
internal sealed class TailGate : IStreamTailObserver, IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload) => _open.Wait();

    public void OnStarted(MessagePosition position, TailStartReason reason) { }

    public void OnUndecodable(MessagePosition position) { }

    public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) { }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();
}
