using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Commands;

namespace RedisFlow.Cli;

/// <summary>The command line tool <c>redisflow</c>: its commands, in the order of its help.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        using var interruption = new Interruption();
        return await interruption.RunAsync(stop => RunAsync(args, Terminal.OfProcess(), stop));
    }

    internal static Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken stop) =>
        new CommandLineApp("Inspect and repair RedisFlow streams.", terminal)
            .With(new WatchCommand()) // streams, groups, consumers and rates, live
            .With(new TailCommand()) // messages, decoded
            .With(new GroupsCommand()) // groups and their consumers
            .With(new PendingCommand()) // what groups hold
            .With(new DlqCommand()) // dead letters: list, show, redrive, drop
            .With(new ClaimCommand()) // makes stale messages available
            .With(new ReplayCommand()) // delivers to a group again
            .With(new RetireCommand()) // takes a group away
            .With(new PublishCommand()) // messages from JSON
            .With(new DoctorCommand()) // what to repair
            .RunAsync(args, stop);
}
