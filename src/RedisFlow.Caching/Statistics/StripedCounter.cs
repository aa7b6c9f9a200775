using System.Runtime.InteropServices;

namespace RedisFlow.Caching.Statistics;

/// <summary>
/// A counter that many threads add to without fighting for a cache line; read by observable instruments.
/// </summary>
internal sealed class StripedCounter
{
    private readonly Cell[] _cells = new Cell[
        Math.Max(4, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))
    ];

    public long Value
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _cells.Length; i++)
            {
                sum += Volatile.Read(ref _cells[i].Count);
            }

            return sum;
        }
    }

    /// <summary>Adds one.</summary>
    /// <returns>The count of one stripe: enough to do something at one of many additions.</returns>
    public long Add() => Interlocked.Increment(ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)].Count);

    // Two cache lines apart: processors fetch lines in pairs. Not at the begin: the array's length, which every
    // addition reads, is right before the first.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Count;
    }
}
