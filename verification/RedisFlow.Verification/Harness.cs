using System.Runtime.InteropServices;

namespace RedisFlow.Verification;

/// <summary>
/// What every harness does around its run: reads its options, can be interrupted, and tells a run that failed from one
/// that found something.
/// </summary>
public static class Harness
{
    private const int Failed = 2;

    /// <summary>Runs.</summary>
    /// <param name="arguments">The run's command line.</param>
    /// <param name="usage">What to say about the command line.</param>
    /// <param name="parse">Reads it; throws <see cref="FormatException"/>.</param>
    /// <param name="run">The run; returns whether nothing was found.</param>
    /// <param name="repeat">How to do the same run again; <c>null</c> where there is nothing to say.</param>
    /// <returns>The exit code: 0 nothing was found, 1 something was found, 2 the run itself failed.</returns>
    public static async Task<int> RunAsync<TOptions>(
        string[] arguments,
        string usage,
        Func<string[], TOptions> parse,
        Func<TOptions, CancellationToken, Task<bool>> run,
        Func<TOptions, string>? repeat = null
    )
    {
        if (arguments.Contains("--help", StringComparer.Ordinal))
        {
            Console.WriteLine(usage);
            return 0;
        }

        TOptions options;
        try
        {
            options = parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{usage}");
            return Failed;
        }

        // An interrupted run must end its servers and processes before it ends itself.
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var isValid = await run(options, stop.Token);
            if (!isValid && repeat is not null)
            {
                Console.WriteLine(repeat(options));
            }

            return isValid ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return Failed;
        }
#pragma warning disable CA1031 // The exit code says that the run failed, whatever it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"{exception}\n{repeat?.Invoke(options)}".TrimEnd());
            return Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
