using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RedisFlow.Streams.Tests;

/// <summary>Keeps what an application logs.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _lines = new();

    public bool Contains(LogLevel level, string text) =>
        _lines.Any(line => line.Level == level && line.Message.Contains(text, StringComparison.Ordinal));

    public int Count(string text) => _lines.Count(line => line.Message.Contains(text, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
