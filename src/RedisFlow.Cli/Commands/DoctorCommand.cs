using System.CommandLine;
using RedisFlow.Cli.Checkups;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;

namespace RedisFlow.Cli.Commands;

/// <summary><c>doctor</c>: what to repair.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly DurationOption _idle = new DurationOption(
        "--idle",
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMilliseconds(1)
    )
    {
        Description = "A consumer without a sign of life for longer is taken for dead. Default: 5m.",
    };

    private readonly DurationOption _skew = new DurationOption("--clock-skew", TimeSpan.FromSeconds(2), TimeSpan.Zero)
    {
        Description = "By how much the server's clock may differ from this machine's. Default: 2s.",
    };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description =
            "A group that must be there; may be given several times. Default: the variables Streams__Groups__0 …; "
            + "else, for the stream of the AppHost's settings, their RedisFlow:Groups.",
        HelpName = "name",
    };

    public DoctorCommand()
        : base("doctor", "Examines server and streams, and says what to repair. Changes nothing.")
    {
        Add(_idle);
        Add(_skew);
        Add(_groups);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAllAsync(stop);
        var limits = new Limits(invocation.Get(_idle), invocation.Get(_skew));
        var report = await ProgressBar.SpinAsync(
            invocation,
            "Examining",
            () => Checkup.RunAsync(session, stream => Expected(invocation, stream), limits, stop)
        );
        invocation.Show(report, DoctorView.Write);
        return report.Healthy ? ExitCode.Ok : ExitCode.Failed;
    }

    private IReadOnlyList<string> Expected(Invocation invocation, StreamAccess stream) =>
        invocation.Get(_groups) is { Length: > 0 } given ? given : invocation.Settings.GroupsOf(stream.Name);
}
