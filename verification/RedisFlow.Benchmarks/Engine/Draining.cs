using System.Diagnostics;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>Waits until everything is handled and acknowledged.</summary>
internal static class Draining
{
    /// <summary>Longer than any backlog takes that is still worth measuring.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Measures from the first handled message until the last one is acknowledged. Asks the server only after all were
    /// handled, so that asking does not slow the consumer down.
    /// </summary>
    public static async Task<Throughput> MeasureAsync(
        BenchmarkHost host,
        HandledCounter counter,
        IReadOnlyList<string> groups,
        CancellationToken cancellationToken
    )
    {
        await counter.Complete.WaitAsync(Limit, cancellationToken);
        await AcknowledgedAsync(host.Monitor, groups, cancellationToken);
        return new Throughput(
            counter.Count,
            Stopwatch.GetElapsedTime(counter.FirstAt),
            GC.GetTotalAllocatedBytes(precise: true) - counter.AllocatedAtFirst
        );
    }

    /// <summary>
    /// Waits until the groups have nothing delivered and not acknowledged, nor anything left to deliver.
    /// </summary>
    /// <exception cref="TimeoutException">That did not happen within ten minutes.</exception>
    public static async Task AcknowledgedAsync(
        IStreamMonitor monitor,
        IReadOnlyList<string> groups,
        CancellationToken cancellationToken
    )
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var snapshot = await monitor.GetSnapshotAsync(cancellationToken);
            if (
                groups.All(name =>
                    snapshot.Groups.Any(group =>
                        group.Name == name && group.Pending == 0 && group.LastDelivered == snapshot.LastPosition
                    )
                )
            )
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(begin) > Limit)
            {
                throw new TimeoutException($"Not everything was acknowledged within {Limit}: {snapshot}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
