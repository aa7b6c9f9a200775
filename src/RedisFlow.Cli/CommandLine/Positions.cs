using RedisFlow.Streams;

namespace RedisFlow.Cli.CommandLine;

/// <summary>Neighbours of positions.</summary>
internal static class Positions
{
    /// <summary>The position just before, since pages begin after one; <c>null</c> before the first.</summary>
    public static MessagePosition? Before(MessagePosition position) =>
        position switch
        {
            { Sequence: > 0 } => position with { Sequence = position.Sequence - 1 },
            { Milliseconds: > 0 } => new MessagePosition(position.Milliseconds - 1, ulong.MaxValue),
            _ => null,
        };
}
