namespace RedisFlow.Streams.Tests.Core;

/// <summary>A clock that stands still until it is moved. Its timestamps are ticks, so that a schedule is exact.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _now = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public void Advance(TimeSpan by) => _now += by.Ticks;
}
