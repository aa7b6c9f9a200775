namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes to the console logs of one or more instances.</summary>
internal sealed class ResourceLogger(IReadOnlyList<ResourceLog> logs) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        var content = exception is null ? message : $"{message}\n{exception}";
        foreach (var log in logs)
        {
            log.Add(content, isError: logLevel >= LogLevel.Error);
        }
    }
}
