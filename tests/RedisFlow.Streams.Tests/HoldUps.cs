using System.Diagnostics;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// Measures for how long at most this process or its server was held up, as a whole machine sometimes is. A lease that
/// passed meanwhile passed rightly, so that what follows says nothing about the engine.
/// </summary>
internal sealed class HoldUps : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;
    private long _longest;

    public HoldUps(IDatabase redis) => _watch = WatchAsync(redis);

    public TimeSpan Longest => new(Interlocked.Read(ref _longest));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch;
        _end.Dispose();
    }

    private async Task WatchAsync(IDatabase redis)
    {
        while (!_end.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await Task.Delay(Pause, _end.Token);
                await redis.PingAsync();
            }
            catch (Exception exception)
                when (exception is OperationCanceledException or RedisException or TimeoutException)
            {
                // Not answered, or the end: the time counts all the same.
            }

            var took = Stopwatch.GetElapsedTime(began) - Pause;
            Interlocked.Exchange(ref _longest, Math.Max(_longest, took.Ticks));
        }
    }
}
