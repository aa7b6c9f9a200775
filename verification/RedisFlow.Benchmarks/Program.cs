using System.Runtime.InteropServices;
using RedisFlow.Benchmarks;
using RedisFlow.Benchmarks.Micro;
using RedisFlow.Benchmarks.Workers;

const int Failed = 2;
switch (args.FirstOrDefault())
{
    case WorkerArguments.Verb:
        return await WorkerProgram.RunAsync(WorkerArguments.Parse(args));
    case "micro":
        return MicroBenchmarks.Run(args[1..]);
    case null or "--help":
        Console.WriteLine(BenchmarkOptions.Usage);
        return args.Length == 0 ? Failed : 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n\n{BenchmarkOptions.Usage}");
    return Failed;
}

// An interrupted run must end its servers and workers before it ends itself.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    Console.WriteLine(await new BenchmarkRun(options, Console.Out).RunAsync(stop.Token));
    return 0;
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
    await Console.Error.WriteLineAsync(exception.ToString());
    return Failed;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
