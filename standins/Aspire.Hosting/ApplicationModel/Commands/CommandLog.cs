namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the console logs of a resource say about its commands.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(LogLevel.Information, "Executing command '{CommandName}'.")]
    public static partial void ExecutingCommand(this ILogger logger, string commandName);

    [LoggerMessage(LogLevel.Information, "Successfully executed command '{CommandName}'.")]
    public static partial void CommandSucceeded(this ILogger logger, string commandName);

    [LoggerMessage(LogLevel.Debug, "Command '{CommandName}' was canceled.")]
    public static partial void CommandCanceled(this ILogger logger, string commandName);

    [LoggerMessage(LogLevel.Information, "Failure executing command '{CommandName}'. Error message: {ErrorMessage}")]
    public static partial void CommandFailed(this ILogger logger, string commandName, string? errorMessage);

    [LoggerMessage(LogLevel.Error, "Error executing command '{CommandName}'.")]
    public static partial void CommandThrew(this ILogger logger, Exception exception, string commandName);

    [LoggerMessage(LogLevel.Information, "Command '{CommandName}' not available.")]
    public static partial void CommandNotAvailable(this ILogger logger, string commandName);
}
