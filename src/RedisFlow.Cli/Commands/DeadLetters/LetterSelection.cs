using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary>
/// Which letters a command works on: those that are named, or <c>--all</c>, narrowed by group and reason.
/// </summary>
internal sealed class LetterSelection
{
    private const int PageSize = 500;

    private readonly Argument<MessagePosition[]> _letters = OptionRules.Positions(
        "letter",
        "Positions of dead letters, as dlq list shows them.",
        ArgumentArity.ZeroOrMore
    );

    private readonly Option<bool> _all = new("--all")
    {
        Description = "All that are there now, narrowed by --group and --reason.",
    };

    private readonly LetterFilterOptions _filter;

    public LetterSelection(Command command)
    {
        command.Add(_letters);
        command.Add(_all);
        _filter = new LetterFilterOptions(command);
    }

    public bool IsAll(Invocation invocation) => invocation.Get(_all);

    /// <summary>Checks that the selection is one.</summary>
    /// <exception cref="UsageException">There is no selection, or there are two.</exception>
    public void Check(Invocation invocation)
    {
        var named = invocation.Get(_letters).Length > 0;
        if (named == invocation.Get(_all))
        {
            throw new UsageException("Say which dead letters: their positions, or --all; not both.");
        }

        if (named && _filter.IsGiven(invocation))
        {
            throw new UsageException("--group and --reason narrow --all; without it, give positions only.");
        }
    }

    /// <summary>
    /// The letters that are there now: what comes while the command works is not meant, or what fails again would be
    /// met again.
    /// </summary>
    public async Task<IReadOnlyList<MessagePosition>> ResolveAsync(
        Invocation invocation,
        StreamAccess stream,
        CancellationToken stop
    )
    {
        if (!IsAll(invocation))
        {
            return [.. invocation.Get(_letters).Distinct()];
        }

        var filter = _filter.Read(invocation);
        var found = new List<MessagePosition>();
        MessagePosition? after = null;
        while (true)
        {
            var page = await stream.Administration.GetDeadLettersAsync(after, PageSize, stop);
            found.AddRange(page.Where(filter.Matches).Select(letter => letter.Position));
            if (page.Count < PageSize)
            {
                return found;
            }

            after = page[^1].Position;
        }
    }
}
