using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>What a drop did.</summary>
internal sealed record DropReport(
    string Stream,
    IReadOnlyList<MessagePosition> Dropped,
    IReadOnlyList<MessagePosition> NotFound
);
