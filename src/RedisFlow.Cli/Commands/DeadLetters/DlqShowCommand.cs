using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Cli.Rendering;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary><c>dlq show</c>: all about one dead letter.</summary>
internal sealed class DlqShowCommand : CliCommand
{
    private readonly Argument<MessagePosition[]> _letter = OptionRules.Positions(
        "letter",
        "The dead letter's position, as dlq list shows it.",
        ArgumentArity.ExactlyOne
    );

    public DlqShowCommand()
        : base("show", "Shows all about one dead letter, with its decoded payload.") => Add(_letter);

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAsync(stop, invocation.Messages);
        var position = invocation.Get(_letter)[0];
        var letter =
            await FindAsync(session.Stream.Administration, position, stop)
            ?? throw new OperationFailedException(
                $"There is no dead letter {position} on {session.Stream.Name}; dlq list shows which there are."
            );
        var report = new DecodedDeadLetter(letter, invocation.PayloadJson, MessageCatalog.MaxDepth)
        {
            Data = Convert.ToBase64String(letter.Data.Span),
        };
        invocation.Show(report, DeadLetterViews.Write);
        invocation.AdviseOn(report);
        return ExitCode.Ok;
    }

    /// <summary>The letter; the page after the position before it begins with it.</summary>
    private static async Task<DeadLetterEntry?> FindAsync(
        IStreamAdministration administration,
        MessagePosition position,
        CancellationToken stop
    )
    {
        var page = await administration.GetDeadLettersAsync(Positions.Before(position), 1, stop);
        return page is [var letter] && letter.Position == position ? letter : null;
    }
}
