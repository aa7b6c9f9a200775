using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>What groups hold.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Messages">By group, oldest first.</param>
/// <param name="HasMore">Whether there are more than were asked for.</param>
internal sealed record PendingReport(string Stream, IReadOnlyList<PendingMessage> Messages, bool HasMore);
