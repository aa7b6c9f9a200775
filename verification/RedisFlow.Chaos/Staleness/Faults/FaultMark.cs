using System.Diagnostics;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>
/// What a node is under, so that stale reads can be told by their cause: the fault that began last, until a second
/// after its end, by when its connections should be back. Thread-safe.
/// </summary>
internal sealed class FaultMark
{
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    private volatile Mark? _mark;

    /// <summary>The fault; <c>null</c> for none.</summary>
    public NodeFaultKind? Current =>
        _mark is { } mark && (mark.EndedAt is not { } ended || Stopwatch.GetElapsedTime(ended) < Aftermath)
            ? mark.Kind
            : null;

    /// <summary>A fault begins.</summary>
    /// <returns>To be called at its end.</returns>
    public Action Begin(NodeFaultKind kind)
    {
        var mark = new Mark(kind);
        _mark = mark;
        return mark.End;
    }

    private sealed class Mark(NodeFaultKind kind)
    {
        private long _endedAt;

        public NodeFaultKind Kind => kind;

        public long? EndedAt => Interlocked.Read(ref _endedAt) is var ended && ended == 0 ? null : ended;

        public void End() => Interlocked.Exchange(ref _endedAt, Stopwatch.GetTimestamp());
    }
}
