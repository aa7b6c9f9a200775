using Microsoft.Extensions.Time.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// A clock that moves when the test says so, while timers run in real time: a step of the clock must not end a wait for
/// Redis that is under way.
/// </summary>
internal sealed class FakeTimeWithRealTimers : FakeTimeProvider
{
    public FakeTimeWithRealTimers() { }

    public FakeTimeWithRealTimers(DateTimeOffset start)
        : base(start) { }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);
}
