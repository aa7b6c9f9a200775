using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RedisFlow.Integration;

/// <summary>What an AppHost logs as an error.</summary>
public sealed class ConsoleErrors : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _said = [];

    public IReadOnlyCollection<string> Said => _said;

    public async Task<string> UntilAsync(string part) =>
        (
            await Deadline.UntilAsync(
                () => Task.FromResult(_said.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal))),
                static line => line is not null,
                $"the console says '{part}'"
            )
        )!;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (IsEnabled(logLevel))
        {
            _said.Enqueue(formatter(state, exception));
        }
    }

    public void Dispose() { }
}
