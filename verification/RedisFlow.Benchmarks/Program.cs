using RedisFlow.Benchmarks;
using RedisFlow.Benchmarks.Micro;
using RedisFlow.Benchmarks.Workers;
using RedisFlow.Verification;

return args.FirstOrDefault() switch
{
    RecoveryWorker.Role => await RecoveryWorker.RunAsync(HarnessProgram.Arguments<RecoveryWorkerArguments>(args)),
    "micro" => MicroBenchmarks.Run(args[1..]),
    _ => await Harness.RunAsync(
        args,
        BenchmarkOptions.Usage,
        BenchmarkOptions.Parse,
        async (options, stop) =>
        {
            Console.WriteLine(await new BenchmarkRun(options, Console.Out).RunAsync(stop));
            return true;
        }
    ),
};
