using System.Diagnostics;
using Npgsql;
using StackExchange.Redis;

namespace RedisFlow.Integration;

/// <summary>Waits for conditions; nothing here waits for a fixed time.</summary>
public static class Deadline
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Asks until the value is as wanted. A question that fails counts as "not yet": a connection may break while Redis
    /// restarts.
    /// </summary>
    /// <exception cref="TimeoutException">It was not within <paramref name="within"/>; the message shows the last
    /// value.</exception>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> ask,
        Func<T, bool> wanted,
        string what,
        TimeSpan? within = null
    )
    {
        var deadline = within ?? TimeSpan.FromMinutes(2);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            string seen;
            Exception? failure = null;
            try
            {
                var value = await ask();
                if (wanted(value))
                {
                    return value;
                }

                seen = $"{value}";
            }
            catch (Exception exception)
                when (exception
                        is HttpRequestException
                            or OperationCanceledException
                            or RedisException
                            or NpgsqlException
                            or TimeoutException
                )
            {
                failure = exception;
                seen = exception.Message;
            }

            if (watch.Elapsed > deadline)
            {
                throw new TimeoutException($"Not within {deadline}: {what}. Last seen: {seen}", failure);
            }

            await Task.Delay(Pause);
        }
    }
}
