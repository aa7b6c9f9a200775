using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Rendering;

namespace RedisFlow.Cli.Commands;

/// <summary><c>claim</c>: makes messages of dead consumers available at once.</summary>
internal sealed class ClaimCommand : CliCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group." };

    private readonly DurationOption _minIdle = new DurationOption("--min-idle", TimeSpan.Zero, TimeSpan.Zero)
    {
        Description =
            "How long a message must have been neither delivered nor renewed. Live workers renew theirs each third of "
            + "the lease: with less than a lease, what is being handled may be handled twice, so that is asked "
            + "first. Default: Streams:LeaseDuration, 30s.",
    };

    private readonly Option<bool> _yes = CommonOptions.NewYes();

    public ClaimCommand()
        : base(
            "claim",
            "Makes pending messages that no worker renews available at once, as if their lease had expired; workers "
                + "claim them."
        )
    {
        Add(_group);
        Add(_minIdle);
        Add(_yes);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var group = invocation.Get(_group);
        var minIdle = invocation.Has(_minIdle) ? invocation.Get(_minIdle) : stream.Options.LeaseDuration;
        if (minIdle < stream.Options.LeaseDuration)
        {
            await new Confirmation(invocation, invocation.Get(_yes)).RequireAsync(
                $"{Duration.Text(minIdle)} is less than the lease of {Duration.Text(stream.Options.LeaseDuration)}: "
                    + "messages that are being handled may be handled twice at the same time. Go on?",
                stop
            );
        }

        var claimed = await ProgressBar.SpinAsync(
            invocation,
            $"Looking through the pending messages of {group}",
            () => stream.Administration.ClaimStaleAsync(group, minIdle, stop)
        );
        invocation.Show(claimed, OperationViews.Write);
        return ExitCode.Ok;
    }
}
