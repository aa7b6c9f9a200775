using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary><c>dlq redrive</c>: publishes dead letters again, for the group that gave them up.</summary>
internal sealed class DlqRedriveCommand : CliCommand
{
    private const int PageSize = 100;

    private readonly LetterSelection _selection;

    private readonly Option<bool> _yes = CommonOptions.NewYes();

    public DlqRedriveCommand()
        : base("redrive", "Publishes dead letters again, for the group that gave them up. Asks before --all.")
    {
        _selection = new LetterSelection(this);
        Add(_yes);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        _selection.Check(invocation);
        var confirmation = _selection.IsAll(invocation) ? new Confirmation(invocation, invocation.Get(_yes)) : null;
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var letters = await _selection.ResolveAsync(invocation, stream, stop);
        if (confirmation is not null && letters.Count > 0)
        {
            await confirmation.RequireAsync(
                $"Publish {letters.Count} dead letters of {Data.Visible(stream.Name)} again?",
                stop
            );
        }

        var report = await ProgressBar.RunAsync(
            invocation,
            "Redriving",
            letters.Count,
            done => RedriveAsync(stream, letters, done, stop)
        );
        invocation.Show(report, DeadLetterViews.Write);
        return report.NotFound.Count + report.WithoutData.Count == 0 || _selection.IsAll(invocation)
            ? ExitCode.Ok
            : ExitCode.Failed;
    }

    private static async Task<RedriveResult> RedriveAsync(
        StreamAccess stream,
        IReadOnlyList<MessagePosition> letters,
        Action<long> done,
        CancellationToken stop
    )
    {
        var redriven = new List<RedrivenLetter>();
        var notFound = new List<MessagePosition>();
        var withoutData = new List<MessagePosition>();
        var count = 0;
        foreach (var page in letters.Chunk(PageSize))
        {
            var result = await stream.Administration.RedriveAsync(page, stop);
            redriven.AddRange(result.Redriven);
            notFound.AddRange(result.NotFound);
            withoutData.AddRange(result.WithoutData);
            done(count += page.Length);
        }

        return new RedriveResult(stream.Name, redriven, notFound, withoutData);
    }
}
