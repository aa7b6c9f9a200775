using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands;

/// <summary><c>pending</c>: what groups were given and have not acknowledged.</summary>
internal sealed class PendingCommand : CliCommand
{
    private const int PageSize = 500;

    private readonly Argument<string?> _group = new("group")
    {
        Description = "The group; without it, every group.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _consumer = new("--consumer")
    {
        Description = "Only what this consumer holds.",
        HelpName = "name",
    };

    private readonly DurationOption _minIdle = new DurationOption("--min-idle", TimeSpan.Zero, TimeSpan.Zero)
    {
        Description = "Only what was neither delivered nor renewed for so long.",
    };

    private readonly Option<MessagePosition?> _after = OptionRules.Position(
        "--after",
        "Only what is after this position."
    );

    private readonly Option<int> _limit = new Option<int>("--limit")
    {
        Description = "How many at most.",
        HelpName = "number",
        DefaultValueFactory = _ => 100,
    }.AtLeast(1);

    public PendingCommand()
        : base("pending", "Shows what groups were given and have not acknowledged.")
    {
        Add(_group);
        Add(_consumer);
        Add(_minIdle);
        Add(_after);
        Add(_limit);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var filter = new PendingFilter { Consumer = invocation.Get(_consumer), MinIdle = invocation.Get(_minIdle) };
        var groups = invocation.Get(_group) is { } group
            ? [group]
            : (await stream.Monitor.GetSnapshotAsync(stop))
                .Groups.Where(known => known.Exists)
                .Select(known => known.Name)
                .ToArray();
        var report = await ReadAsync(stream, groups, filter, invocation.Get(_after), invocation.Get(_limit), stop);
        invocation.Show(report, PendingView.Write);
        return ExitCode.Ok;
    }

    private static async Task<PendingReport> ReadAsync(
        StreamAccess stream,
        string[] groups,
        PendingFilter filter,
        MessagePosition? after,
        int limit,
        CancellationToken stop
    )
    {
        var messages = new List<PendingMessage>();
        foreach (var group in groups)
        {
            var from = after;
            while (messages.Count <= limit)
            {
                // One more than is shown, to know whether there are more.
                var count = (int)Math.Min(PageSize, limit - messages.Count + 1L);
                var page = await stream.Administration.GetPendingAsync(group, filter, from, count, stop);
                messages.AddRange(page);
                if (page.Count < count)
                {
                    break;
                }

                from = page[^1].Position;
            }
        }

        return new PendingReport(stream.Name, [.. messages.Take(limit)], messages.Count > limit);
    }
}
