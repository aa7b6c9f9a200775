using System.Diagnostics;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>
/// What the reading thread itself allocates: exact, and without what the process's other threads do meanwhile, which
/// BenchmarkDotNet's count of the whole process contains and rounds away.
/// </summary>
internal static class HitAllocations
{
    private const int Calls = 1_000_000;

    /// <summary>Bytes per call, of many calls after as many that do not count.</summary>
    public static double PerCall(Func<object?> read)
    {
        Repeat(read);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(read);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static void Repeat(Func<object?> read)
    {
        for (var i = 0; i < Calls; i++)
        {
            if (read() is null)
            {
                throw new UnreachableException("The benchmark's entry is not there.");
            }
        }
    }
}
