using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RedisFlow.Testing;

/// <summary>
/// Waits for conditions, in place of sleeps: a test goes on as soon as they hold, and says what it saw last if they
/// never do.
/// </summary>
public static class Eventually
{
    /// <summary>
    /// How long a condition may take unless the caller says otherwise: a minute, since only a failure takes that long.
    /// </summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Waits until <paramref name="probe"/> returns a value for which <paramref name="condition"/> holds.
    /// </summary>
    /// <param name="probe">Reads the value; may throw, which counts as "not yet".</param>
    /// <param name="condition">What must become true.</param>
    /// <param name="limit">How long to wait; <see cref="DefaultLimit"/> by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="conditionText">Filled in by the compiler.</param>
    /// <returns>The value that satisfied the condition.</returns>
    /// <exception cref="TimeoutException">The condition did not hold in time; the message shows the last value or
    /// exception.</exception>
    public static async Task<T> Until<T>(
        Func<Task<T>> probe,
        Func<T, bool> condition,
        TimeSpan? limit = null,
        CancellationToken cancellationToken = default,
        [CallerArgumentExpression(nameof(condition))] string conditionText = ""
    )
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(condition);
        var allowed = limit ?? DefaultLimit;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            string seen;
            Exception? failure = null;
            try
            {
                // A probe that hangs must not outlive the deadline.
                var remaining = allowed - clock.Elapsed;
                var value = await probe().WaitAsync(remaining > Pause ? remaining : Pause, cancellationToken);
                if (condition(value))
                {
                    return value;
                }

                seen = Describe(value);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failure = exception;
                seen = $"{exception.GetType().Name}: {exception.Message}";
            }

            if (clock.Elapsed >= allowed)
            {
                throw new TimeoutException($"Not within {allowed}: {conditionText}. Last seen: {seen}", failure);
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Waits until <paramref name="condition"/> returns <c>true</c>.</summary>
    /// <inheritdoc cref="Until{T}(Func{Task{T}}, Func{T, bool}, TimeSpan?, CancellationToken, string)"/>
    public static Task Until(
        Func<Task<bool>> condition,
        TimeSpan? limit = null,
        CancellationToken cancellationToken = default,
        [CallerArgumentExpression(nameof(condition))] string conditionText = ""
    ) => Until(condition, value => value, limit, cancellationToken, conditionText);

    /// <summary>Waits until <paramref name="condition"/> returns <c>true</c>.</summary>
    /// <inheritdoc cref="Until{T}(Func{Task{T}}, Func{T, bool}, TimeSpan?, CancellationToken, string)"/>
    public static Task Until(
        Func<bool> condition,
        TimeSpan? limit = null,
        CancellationToken cancellationToken = default,
        [CallerArgumentExpression(nameof(condition))] string conditionText = ""
    ) => Until(() => Task.FromResult(condition()), value => value, limit, cancellationToken, conditionText);

    private static string Describe<T>(T value) =>
        value switch
        {
            null => "null",
            string text => $"'{text}'",
            System.Collections.IEnumerable items =>
                $"[{string.Join(", ", items.Cast<object?>().Select(item => item?.ToString() ?? "null"))}]",
            _ => value.ToString() ?? "",
        };
}
