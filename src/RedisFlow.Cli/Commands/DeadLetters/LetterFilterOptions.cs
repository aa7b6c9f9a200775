using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands.DeadLetters;

/// <summary>The options <c>--group</c> and <c>--reason</c>.</summary>
internal sealed class LetterFilterOptions
{
    private static readonly string[] Reasons =
    [
        DeadLetterReason.HandlerFailed,
        DeadLetterReason.Undecodable,
        DeadLetterReason.UnknownType,
        DeadLetterReason.NewerSchema,
        DeadLetterReason.NoData,
        DeadLetterReason.Lost,
    ];

    private readonly Option<string?> _group = new("--group")
    {
        Description = "Only those that this group gave up.",
        HelpName = "group",
    };

    private readonly Option<string?> _reason = new("--reason")
    {
        Description = $"Only those that were given up for this reason: {string.Join(", ", Reasons)}.",
        HelpName = "reason",
    };

    public LetterFilterOptions(Command command)
    {
        _reason.AcceptOnlyFromAmong(Reasons);
        command.Add(_group);
        command.Add(_reason);
    }

    public bool IsGiven(Invocation invocation) => invocation.Has(_group) || invocation.Has(_reason);

    /// <summary>Which letters are meant.</summary>
    public DeadLetterFilter Read(Invocation invocation) =>
        new() { Group = invocation.Get(_group), Reason = invocation.Get(_reason) };
}
