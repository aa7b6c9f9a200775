namespace RedisFlow.Cli.Reports;

/// <summary>Streams at one moment.</summary>
internal sealed record StreamsReport(DateTimeOffset At, IReadOnlyList<StreamReport> Streams);
