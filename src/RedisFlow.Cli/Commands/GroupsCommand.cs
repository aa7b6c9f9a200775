using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Commands;

/// <summary><c>groups</c>: groups and their consumers at this moment.</summary>
internal sealed class GroupsCommand()
    : CliCommand("groups", "Shows the consumer groups, what they lag behind and hold, and their consumers.")
{
    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAllAsync(stop);
        var snapshots = await Task.WhenAll(session.Streams.Select(stream => stream.Monitor.GetSnapshotAsync(stop)));
        var report = new StreamsReport(
            await session.ServerTimeAsync(stop),
            snapshots,
            snapshots.ToDictionary(snapshot => snapshot.Stream, snapshot => StreamRates.Of(snapshot))
        );
        invocation.Show(report, StreamsView.Write);
        return ExitCode.Ok;
    }
}
