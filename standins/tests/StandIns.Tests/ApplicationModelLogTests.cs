using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace StandIns.Tests;

public sealed class ApplicationModelLogTests : IDisposable
{
    private readonly ResourceLoggerService _loggers = new();

    private static CancellationToken Deadline => ApplicationModelServices.DeadlineToken;

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task A_reader_gets_what_there_is_and_what_follows_until_the_end()
    {
        Write("redis", "one", "two");
        var reading = ReadAsync(_loggers.WatchAsync("redis"), 4);
        await WaitForReaderAsync("redis");
        Write("redis", "three", "four");
        Assert.Equal(["one", "two", "three", "four"], (await reading).Select(line => line.Content));

        var toTheEnd = ReadAsync(_loggers.WatchAsync("redis"), int.MaxValue);
        _loggers.Complete("redis");
        Write("redis", "too late");
        Assert.Equal([1, 2, 3, 4], (await toTheEnd).Select(line => line.LineNumber));
    }

    [Fact]
    public async Task Only_the_newest_entries_are_kept()
    {
        Write("redis", [.. Enumerable.Range(0, ResourceLog.MaxEntries + 5).Select(i => $"{i}")]);

        var lines = await ReadAsync(_loggers.GetAllAsync("redis"), int.MaxValue);

        Assert.Equal(ResourceLog.MaxEntries, lines.Count);
        Assert.Equal("5", lines[0].Content);
        Assert.Equal($"{ResourceLog.MaxEntries + 4}", lines[^1].Content);
    }

    [Fact]
    public async Task A_logger_writes_a_timestamp_and_marks_errors()
    {
        var logger = _loggers.GetLogger("redis");
        logger.Log(LogLevel.Information, 0, "hello", null, (state, _) => state);
        logger.Log(LogLevel.Error, 0, "failed", new InvalidOperationException("why"), (state, _) => state);

        var lines = await ReadAsync(_loggers.GetAllAsync("redis"), int.MaxValue);

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z hello$", lines[0].Content);
        Assert.False(lines[0].IsErrorMessage);
        Assert.Contains("failed\nSystem.InvalidOperationException: why", lines[1].Content, StringComparison.Ordinal);
        Assert.True(lines[1].IsErrorMessage);
    }

    [Fact]
    public async Task A_resource_has_the_logs_of_all_its_replicas()
    {
        var orders = new FakeResource("orders", "a", "b");
        _loggers.GetLogger(orders).Log(LogLevel.Information, 0, "both", null, (state, _) => state);
        Write("orders-b", "only b");

        var lines = await ReadAsync(_loggers.GetAllAsync(orders), int.MaxValue);

        Assert.Equal(3, lines.Count);
        Assert.Equal(2, lines.Count(line => line.Content.EndsWith("both", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cleared_backlog_is_forgotten()
    {
        Write("redis", "old");
        _loggers.ClearBacklog("redis");
        Write("redis", "new");

        Assert.Equal("new", Assert.Single(await ReadAsync(_loggers.GetAllAsync("redis"), int.MaxValue)).Content);
    }

    [Fact]
    public async Task First_and_last_reader_are_told()
    {
        await using var changes = _loggers.WatchAnySubscribersAsync(Deadline).GetAsyncEnumerator(Deadline);
        var next = changes.MoveNextAsync().AsTask();
        using var stop = new CancellationTokenSource();
        var reading = ReadAsync(_loggers.WatchAsync("redis"), int.MaxValue, stop);

        Assert.True(await next);
        Assert.Equal(new LogSubscriber("redis", true), changes.Current);

        next = changes.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(await next);
        Assert.Equal(new LogSubscriber("redis", false), changes.Current);
    }

    private static async Task<List<LogLine>> ReadAsync(
        IAsyncEnumerable<IReadOnlyList<LogLine>> batches,
        int count,
        CancellationTokenSource? reader = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(reader?.Token ?? default, Deadline);
        var lines = new List<LogLine>();
        await foreach (var batch in batches.WithCancellation(stop.Token))
        {
            lines.AddRange(batch);
            if (lines.Count >= count)
            {
                break;
            }
        }

        return lines;
    }

    private async Task WaitForReaderAsync(string name)
    {
        await foreach (var change in _loggers.WatchAnySubscribersAsync(Deadline))
        {
            if (change == new LogSubscriber(name, true))
            {
                return;
            }
        }
    }

    private void Write(string name, params string[] lines) =>
        _loggers.AddLogEntries(name, [.. lines.Select(line => new LogEntry(null, line, false))]);
}
