using System.Globalization;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>
/// Loads from the source of truth, slowly: a part of a few milliseconds passes before the source is read and the rest
/// after it, so that changes come between; now and then it is many milliseconds, so that the change is also heard of
/// before the load ends. How long is drawn from the seed.
/// </summary>
internal sealed class SourceLoads(ConnectionMultiplexer source, int seed)
{
    private const int OneInIsSlow = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestSlowDelay = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();

    /// <summary>Loads a key's version.</summary>
    /// <exception cref="TimeoutException">The source did not answer in time.</exception>
    /// <exception cref="RedisException">The source failed.</exception>
    public async Task<long> LoadAsync(int key, CancellationToken cancellationToken)
    {
        var (before, after) = Draw();
        await PauseAsync(before, cancellationToken);
        var version = await source.GetDatabase().StringGetAsync(KeySpace.Source(key)).WaitAsync(cancellationToken);
        await PauseAsync(after, cancellationToken);
        return version.IsNull ? 0 : long.Parse((string)version!, CultureInfo.InvariantCulture);
    }

    /// <summary>A pause of up to so many milliseconds.</summary>
    public Task PauseAsync(int longest)
    {
        lock (_gate)
        {
            return PauseAsync(TimeSpan.FromMilliseconds(longest * _random.NextDouble()), CancellationToken.None);
        }
    }

    private static Task PauseAsync(TimeSpan length, CancellationToken cancellationToken) =>
        length < TimeSpan.FromMilliseconds(1) ? Task.CompletedTask : Task.Delay(length, cancellationToken);

    private (TimeSpan Before, TimeSpan After) Draw()
    {
        lock (_gate)
        {
            var whole = (_random.Next(OneInIsSlow) == 0 ? LongestSlowDelay : LongestDelay) * _random.NextDouble();
            var before = whole * _random.NextDouble();
            return (before, whole - before);
        }
    }
}
