using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Rendering;

namespace RedisFlow.Cli.Commands;

/// <summary><c>retire</c>: takes the group of a service away that was given up.</summary>
internal sealed class RetireCommand : CliCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group." };

    private readonly Option<bool> _yes = CommonOptions.NewYes();

    public RetireCommand()
        : base(
            "retire",
            "Deletes a consumer group permanently. Pending and undelivered messages of the group are dropped."
        )
    {
        Add(_group);
        Add(_yes);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        var confirmation = new Confirmation(invocation, invocation.Get(_yes));
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var group = invocation.Get(_group);
        await confirmation.RequireAsync(
            $"Take group {Data.Visible(group)} of {Data.Visible(stream.Name)} away for good, and everything that it "
                + "has not handled?",
            stop
        );
        invocation.Show(await stream.Administration.RetireGroupAsync(group, stop), OperationViews.Write);
        return ExitCode.Ok;
    }
}
