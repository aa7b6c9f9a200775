using System.Runtime.InteropServices;

namespace RedisFlow.Chaos;

/// <summary>
/// What every kind of run does around itself: reads its options, can be interrupted, shows its report, and says how to
/// repeat it.
/// </summary>
internal static class Harness
{
    private const int Failed = 2;

    /// <summary>Runs.</summary>
    /// <param name="arguments">The run's command line.</param>
    /// <param name="usage">What to say about the command line.</param>
    /// <param name="parse">Reads it; throws <see cref="FormatException"/>.</param>
    /// <param name="run">The run; returns whether nothing was found. It leaves <c>report.md</c> in its
    /// directory.</param>
    /// <returns>The exit code: 0 nothing was found, 1 the checker found a problem, 2 the run itself failed.</returns>
    public static async Task<int> RunAsync<TOptions>(
        string[] arguments,
        string usage,
        Func<string[], TOptions> parse,
        Func<TOptions, CancellationToken, Task<bool>> run
    )
        where TOptions : IRunOptions
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

        // An interrupted run must end its processes before it ends itself.
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var isValid = await run(options, stop.Token);
            Console.WriteLine(await File.ReadAllTextAsync(Path.Combine(options.Output, "report.md")));
            if (!isValid)
            {
                Console.WriteLine($"Seed {options.Seed}. To repeat it:\n  {options.ToCommand()}");
            }

            return isValid ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return Failed;
        }
#pragma warning disable CA1031 // The exit code tells a run that failed from one that found something.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(
                $"{exception}\nSeed {options.Seed}. To repeat it:\n  {options.ToCommand()}"
            );
            return Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
