using System.Runtime.InteropServices;
using RedisFlow.Chaos;
using RedisFlow.Chaos.Processes;

switch (args.FirstOrDefault())
{
    case Roles.Worker:
        return await WorkerProgram.RunAsync(WorkerArguments.Parse(args));
    case Roles.Publisher:
        return await PublisherProgram.RunAsync(PublisherArguments.Parse(args));
    case "--help":
        Console.WriteLine(ChaosOptions.Usage);
        return 0;
}

const int Failed = 2;
ChaosOptions options;
try
{
    options = ChaosOptions.Parse(args);
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n\n{ChaosOptions.Usage}");
    return Failed;
}

// An interrupted run must end its processes before it ends itself.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var verdict = await new ChaosRun(options, Console.Out).RunAsync(stop.Token);
    Console.WriteLine(await File.ReadAllTextAsync(Path.Combine(options.Output, "report.md")));
    if (!verdict.IsValid)
    {
        Console.WriteLine($"Seed {options.Seed}. To repeat it:\n  {options.ToCommand()}");
    }

    return verdict.IsValid ? 0 : 1;
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
    await Console.Error.WriteLineAsync($"{exception}\nSeed {options.Seed}. To repeat it:\n  {options.ToCommand()}");
    return Failed;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
