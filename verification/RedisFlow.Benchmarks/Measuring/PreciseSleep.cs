using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RedisFlow.Benchmarks.Measuring;

/// <summary>
/// Sleeps until a moment, to some 50 µs: <see cref="Thread.Sleep(int)"/> counts in milliseconds, and spinning would
/// take a core from what is measured.
/// </summary>
internal static partial class PreciseSleep
{
    /// <summary>Returns at the moment, or at once if it has passed.</summary>
    /// <param name="timestamp">A timestamp of <see cref="Stopwatch"/>.</param>
    public static void Until(long timestamp)
    {
        while (true)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
            {
                var time = new TimeSpec(
                    (long)left.TotalSeconds,
                    left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick
                );

                // An interrupted sleep is continued by the loop.
                _ = NanoSleep(in time, 0);
            }
            else
            {
                Thread.Sleep(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.Zero : left);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        public readonly long Seconds = seconds;
        public readonly long Nanoseconds = nanoseconds;
    }
}
