using System.Text;
using Microsoft.Extensions.Logging;

namespace RedisFlow.ServiceDefaults.Tests;

/// <summary>Keeps every line of every logger, its values included.</summary>
internal sealed class KeptLog(StringBuilder lines) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Add($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Add(formatter(state, exception));
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            Add(string.Join(", ", values));
        }
    }

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        lock (lines)
        {
            lines.AppendLine(line);
        }
    }
}
