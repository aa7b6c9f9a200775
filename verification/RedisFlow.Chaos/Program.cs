using RedisFlow.Chaos;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Staleness;
using RedisFlow.Chaos.Staleness.Nodes;

return args.FirstOrDefault() switch
{
    Roles.Worker => await WorkerProgram.RunAsync(WorkerArguments.Parse(args)),
    Roles.Publisher => await PublisherProgram.RunAsync(PublisherArguments.Parse(args)),
    Roles.Node => await NodeProgram.RunAsync(NodeArguments.Parse(args)),
    StalenessOptions.Command => await Harness.RunAsync(
        args[1..],
        StalenessOptions.Usage,
        StalenessOptions.Parse,
        async (options, stop) => (await new StalenessRun(options, Console.Out).RunAsync(stop)).IsValid
    ),
    _ => await Harness.RunAsync(
        args,
        ChaosOptions.Usage,
        ChaosOptions.Parse,
        async (options, stop) => (await new ChaosRun(options, Console.Out).RunAsync(stop)).IsValid
    ),
};
