using System.Diagnostics;

namespace RedisFlow.Benchmarks.Measuring;

/// <summary>One read. A struct, so that the loop around it is compiled for it and calls nothing else.</summary>
internal interface IRead
{
    /// <summary>Whether the key was found.</summary>
    bool Find(string key);
}

/// <summary>Threads that read for a while, all of them at the same time.</summary>
/// <param name="keys">What they read, in turn.</param>
/// <param name="threads">How many.</param>
/// <param name="length">For how long.</param>
internal sealed class ParallelReaders(string[] keys, int threads, TimeSpan length)
{
    // Looking at the clock costs as much as a read.
    private const int ReadsPerLook = 1000;

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">A read found nothing.</exception>
    public Task<Throughput> MeasureAsync<TRead>(TRead read)
        where TRead : struct, IRead =>
        Throughput.MeasureAsync(async () =>
        {
            using var start = new Barrier(threads);
            var counts = await Task.WhenAll(
                Enumerable
                    .Range(0, threads)
                    .Select(i =>
                        Task.Factory.StartNew(
                            () => Read(read, start, i * 7),
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            );
            return counts.Sum();
        });

    private long Read<TRead>(TRead read, Barrier start, int first)
        where TRead : struct, IRead
    {
        start.SignalAndWait();
        var begin = Stopwatch.GetTimestamp();
        var (count, next) = (0L, first % keys.Length);
        do
        {
            var found = 0;
            for (var i = 0; i < ReadsPerLook; i++)
            {
                found += read.Find(keys[next]) ? 1 : 0;
                next = next + 1 < keys.Length ? next + 1 : 0;
            }

            if (found != ReadsPerLook)
            {
                throw new InvalidOperationException("A read found nothing.");
            }

            count += ReadsPerLook;
        } while (Stopwatch.GetElapsedTime(begin) < length);
        return count;
    }
}
