using System.Diagnostics;

namespace RedisFlow.Chaos.Staleness.Load;

/// <summary>
/// Spreads what is done over time. Who is late catches up, but not for more than a moment: what a fault held up for
/// seconds is not made up for by a burst.
/// </summary>
internal sealed class Pace(double perSecond)
{
    private static readonly TimeSpan MostBehind = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _step = TimeSpan.FromSeconds(1 / perSecond);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    // A beginning at random, so that not all begin at once.
    private TimeSpan _next = TimeSpan.FromSeconds(Random.Shared.NextDouble() / perSecond);

    /// <summary>Waits until the next one is due.</summary>
    /// <returns><c>false</c> once it is stopped.</returns>
    public async Task<bool> NextAsync(CancellationToken stop)
    {
        var ahead = _next - _clock.Elapsed;
        if (ahead > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(ahead, stop);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        _next += _step;
        if (_clock.Elapsed - _next > MostBehind)
        {
            _next = _clock.Elapsed - MostBehind;
        }

        return !stop.IsCancellationRequested;
    }
}
