using System.Diagnostics;

namespace RedisFlow.Testing;

/// <summary>
/// Asserts how long something takes, where that is what is promised. A machine may pause, for longer than any promise;
/// so what was too slow is done again, and fails only if it is too slow each time: then it is not the machine.
/// </summary>
public static class Soon
{
    private const int Attempts = 5;

    /// <summary>
    /// What takes so many times longer than it may is no pause of the machine: e.g. something that hangs the first time
    /// only.
    /// </summary>
    private const int TooSlowAtOnce = 4;

    /// <summary>
    /// Does it, up to five times, until it took less than <paramref name="bound"/>; never may it take four times as
    /// long.
    /// </summary>
    /// <param name="bound">How long it may take.</param>
    /// <param name="action">What is measured; it must be possible to do it again.</param>
    /// <returns>What the last call returned.</returns>
    /// <exception cref="TimeoutException">It took too long; the message says how long.</exception>
    public static async Task<T> Within<T>(TimeSpan bound, Func<Task<T>> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        T result = default!;
        await Measured(
            bound,
            async () =>
            {
                var clock = Stopwatch.StartNew();
                result = await action();
                return clock.Elapsed < TooSlowAtOnce * bound
                    ? clock.Elapsed
                    : throw new TimeoutException($"It took {clock.Elapsed}, far more than {bound}. Result: {result}");
            }
        );
        return result;
    }

    /// <summary>
    /// As <see cref="Within"/>, where the caller measures: what has to be prepared each time does not count.
    /// </summary>
    /// <param name="bound">How long it may take.</param>
    /// <param name="measure">Does it, and returns how long it took.</param>
    /// <exception cref="TimeoutException">It took too long each time; the message says how long.</exception>
    public static async Task Measured(TimeSpan bound, Func<Task<TimeSpan>> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        var taken = new List<TimeSpan>();
        do
        {
            if (taken.Count == Attempts)
            {
                throw new TimeoutException($"It took {string.Join(", ", taken)}, each time more than {bound}.");
            }

            taken.Add(await measure());
        } while (taken[^1] >= bound);
    }
}
