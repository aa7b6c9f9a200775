using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Rendering;

namespace RedisFlow.Cli.Commands;

/// <summary><c>replay</c>: delivers to a group again what it was given before.</summary>
internal sealed class ReplayCommand : CliCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group." };

    private readonly Option<StartPoint?> _from = new StartPointOption
    {
        Description =
            "The first message to deliver again: a time (2026-11-21T10:00:00Z), a position (1795234011241-0), a time "
            + "ago (-1h) or 'beginning'.",
        Required = true,
    };

    private readonly Option<bool> _yes = CommonOptions.NewYes();

    public ReplayCommand()
        : base(
            "replay",
            "Delivers to a group again everything from a place on. Its handlers see each of these messages once more."
        )
    {
        Add(_group);
        Add(_from);
        Add(_yes);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        var from = invocation.Get(_from)!;
        if (from.IsEnd)
        {
            throw new UsageException("--from is 'end'; there is nothing to deliver again from there.");
        }

        var confirmation = new Confirmation(invocation, invocation.Get(_yes));
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var group = invocation.Get(_group);
        var position = await from.ResolveAsync(() => session.ServerTimeAsync(stop));
        await confirmation.RequireAsync(
            $"Deliver everything from {position} on to group {Data.Visible(group)} of {Data.Visible(stream.Name)} "
                + "again?",
            stop
        );
        var result = await ProgressBar.SpinAsync(
            invocation,
            $"Setting {group} back",
            () => stream.Administration.ReplayAsync(group, position, stop)
        );
        invocation.Show(result, OperationViews.Write);
        return ExitCode.Ok;
    }
}
