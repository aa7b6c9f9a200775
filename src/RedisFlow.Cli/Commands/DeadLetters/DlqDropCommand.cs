using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary><c>dlq drop</c>: removes dead letters for good.</summary>
internal sealed class DlqDropCommand : CliCommand
{
    private readonly LetterSelection _selection;

    private readonly Option<bool> _yes = CommonOptions.NewYes();

    public DlqDropCommand()
        : base("drop", "Removes dead letters for good. Asks before it does.")
    {
        _selection = new LetterSelection(this);
        Add(_yes);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        _selection.Check(invocation);
        var confirmation = new Confirmation(invocation, invocation.Get(_yes));
        await using var session = await invocation.OpenAsync(stop);
        var stream = session.Stream;
        var letters = await _selection.ResolveAsync(invocation, stream, stop);
        if (letters.Count > 0)
        {
            await confirmation.RequireAsync(
                $"Remove {letters.Count} dead letters of {Data.Visible(stream.Name)} for good?",
                stop
            );
        }

        var report = await ProgressBar.RunAsync(
            invocation,
            "Dropping",
            letters.Count,
            done => DropAsync(stream, letters, done, stop)
        );
        invocation.Show(report, DeadLetterViews.Write);
        return report.NotFound.Count == 0 || _selection.IsAll(invocation) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<DropReport> DropAsync(
        StreamAccess stream,
        IReadOnlyList<MessagePosition> letters,
        Action<long> done,
        CancellationToken stop
    )
    {
        var dropped = new List<MessagePosition>();
        var notFound = new List<MessagePosition>();
        foreach (var letter in letters)
        {
            (await stream.Administration.DropDeadLetterAsync(letter, stop) ? dropped : notFound).Add(letter);
            done(dropped.Count + notFound.Count);
        }

        return new DropReport(stream.Name, dropped, notFound);
    }
}
