namespace RedisFlow.Streams.Redis;

/// <summary>
/// Growing pauses between attempts: 50 ms, doubled up to 2 s, with jitter so that many instances do not return at once.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TimeSpan _next = Shortest;

    /// <summary>Waits; the next time longer.</summary>
    public Task DelayAsync(CancellationToken cancellationToken)
    {
        // Jitter needs no cryptographic randomness.
#pragma warning disable CA5394
        var delay = _next * (0.75 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, Longest.Ticks));
        return Task.Delay(delay, time, cancellationToken);
    }

    /// <summary>An attempt succeeded: the next pause is the shortest again.</summary>
    public void Reset() => _next = Shortest;
}
