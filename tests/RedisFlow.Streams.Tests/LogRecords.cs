using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>Looks for lines in what an application logged.</summary>
internal static class LogRecords
{
    public static bool Contains(this FakeLogCollector log, LogLevel level, string text) =>
        log.GetSnapshot().Any(line => line.Level == level && line.Message.Contains(text, StringComparison.Ordinal));

    public static int Count(this FakeLogCollector log, string text) =>
        log.GetSnapshot().Count(line => line.Message.Contains(text, StringComparison.Ordinal));
}
