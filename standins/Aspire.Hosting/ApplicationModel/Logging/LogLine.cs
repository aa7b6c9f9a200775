namespace Aspire.Hosting.ApplicationModel;

/// <param name="LineNumber">From 1, for each reader.</param>
/// <param name="Content">The text, after its timestamp if it has one.</param>
/// <param name="IsErrorMessage">True if it comes from standard error, or was logged as an error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <param name="Name">The id of the instance whose logs are read.</param>
/// <param name="AnySubscribers">Whether anybody reads them.</param>
public readonly record struct LogSubscriber(string Name, bool AnySubscribers);

/// <param name="Timestamp">When it was written (UTC), if known.</param>
/// <param name="Content">The text without the timestamp.</param>
/// <param name="IsError">True if it comes from standard error, or was logged as an error.</param>
internal readonly record struct LogEntry(DateTime? Timestamp, string Content, bool IsError);
