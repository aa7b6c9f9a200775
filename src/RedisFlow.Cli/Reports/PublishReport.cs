using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>What <c>publish</c> did: how many messages are in the stream, the first and the last of them.</summary>
internal sealed record PublishReport(string Stream, int Published, MessagePosition? First, MessagePosition? Last);
