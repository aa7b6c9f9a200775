using System.CommandLine;
using Google.Protobuf;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Messages;
using RedisFlow.Cli.Rendering;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary><c>dlq list</c>: dead letters, oldest first.</summary>
internal sealed class DlqListCommand : CliCommand
{
    private const int PageSize = 500;

    private readonly LetterFilterOptions _filter;

    private readonly Option<MessagePosition?> _after = OptionRules.Position(
        "--after",
        "Only those after this letter: the next page."
    );

    private readonly Option<int> _limit = new Option<int>("--limit")
    {
        Description = "How many at most.",
        HelpName = "number",
        DefaultValueFactory = _ => 100,
    }.AtLeast(1);

    public DlqListCommand()
        : base("list", "Lists dead letters, oldest first.")
    {
        _filter = new LetterFilterOptions(this);
        Add(_after);
        Add(_limit);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAsync(stop, invocation.Messages);
        var page = await ReadAsync(
            session.Stream,
            invocation.PayloadJson,
            _filter.Read(invocation),
            invocation.Get(_after),
            invocation.Get(_limit),
            stop
        );
        invocation.Show(page, DeadLetterViews.Write);
        return ExitCode.Ok;
    }

    private static async Task<DeadLetterPage> ReadAsync(
        StreamAccess stream,
        JsonFormatter.Settings json,
        DeadLetterFilter filter,
        MessagePosition? after,
        int limit,
        CancellationToken stop
    )
    {
        var letters = new List<DecodedDeadLetter>();
        while (true)
        {
            var page = await stream.Administration.GetDeadLettersAsync(after, PageSize, stop);
            foreach (var letter in page.Where(filter.Matches))
            {
                // One more than is shown: there is a next page.
                if (letters.Count == limit)
                {
                    return new DeadLetterPage(stream.Name, filter.Group, letters, letters[^1].Position);
                }

                letters.Add(new DecodedDeadLetter(letter, json, MessageCatalog.MaxDepth));
            }

            if (page.Count < PageSize)
            {
                return new DeadLetterPage(stream.Name, filter.Group, letters, null);
            }

            after = page[^1].Position;
        }
    }
}
