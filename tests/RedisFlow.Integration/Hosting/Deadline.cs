using System.Diagnostics;

namespace RedisFlow.Integration;

/// <summary>Waits for conditions; nothing here waits for a fixed time.</summary>
public static class Deadline
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the value is as wanted.</summary>
    /// <exception cref="TimeoutException">It was not within <paramref name="within"/>; the message shows the last value.</exception>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, string what, TimeSpan? within = null)
    {
        var deadline = within ?? TimeSpan.FromSeconds(30);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await ask();
            if (wanted(value))
            {
                return value;
            }

            if (watch.Elapsed > deadline)
            {
                throw new TimeoutException($"Not within {deadline}: {what}. Last seen: {value}");
            }

            await Task.Delay(Pause);
        }
    }
}
