using RedisFlow.Chaos;
using RedisFlow.Chaos.Data;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Staleness;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Verification;

return args.FirstOrDefault() switch
{
    Roles.Worker => await WorkerProgram.RunAsync(HarnessProgram.Arguments<WorkerArguments>(args)),
    Roles.Publisher => await PublisherProgram.RunAsync(HarnessProgram.Arguments<PublisherArguments>(args)),
    Roles.Node => await NodeProgram.RunAsync(HarnessProgram.Arguments<NodeArguments>(args)),
    Roles.DataWriter => await DataWriterProgram.RunAsync(HarnessProgram.Arguments<DataArguments>(args)),
    Roles.DataReader => await DataReaderProgram.RunAsync(HarnessProgram.Arguments<DataArguments>(args)),
    DataOptions.Command => await Harness.RunAsync(
        args[1..],
        DataOptions.Usage,
        DataOptions.Parse,
        async (options, stop) =>
            await ShowAsync(options.Output, (await new DataRun(options, Console.Out).RunAsync(stop)).IsValid),
        options => Repeat(options.Seed, options.ToCommand())
    ),
    StalenessOptions.Command => await Harness.RunAsync(
        args[1..],
        StalenessOptions.Usage,
        StalenessOptions.Parse,
        async (options, stop) =>
            await ShowAsync(options.Output, (await new StalenessRun(options, Console.Out).RunAsync(stop)).IsValid),
        options => Repeat(options.Seed, options.ToCommand())
    ),
    _ => await Harness.RunAsync(
        args,
        ChaosOptions.Usage,
        ChaosOptions.Parse,
        async (options, stop) =>
            await ShowAsync(options.Output, (await new ChaosRun(options, Console.Out).RunAsync(stop)).IsValid),
        options => Repeat(options.Seed, options.ToCommand())
    ),
};

static async Task<bool> ShowAsync(string directory, bool isValid)
{
    Console.WriteLine(await ReportFiles.ReadAsync(directory));
    return isValid;
}

static string Repeat(int seed, string command) => $"Seed {seed}. To repeat it:\n  {command}";
