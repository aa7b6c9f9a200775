namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the application's log says about states and waits.</summary>
internal static partial class NotificationLog
{
    [LoggerMessage(LogLevel.Debug, "Resource {ResourceName}/{ResourceId} changed state: {PreviousState} -> {NewState}")]
    public static partial void StateChanged(
        this ILogger logger,
        string resourceName,
        string resourceId,
        string? previousState,
        string newState);

    [LoggerMessage(LogLevel.Debug, "Waiting for resource '{ResourceName}' to {Aim}.")]
    public static partial void Waiting(this ILogger logger, string resourceName, string aim);

    [LoggerMessage(LogLevel.Debug, "Waited for resource '{ResourceName}' to {Aim}.")]
    public static partial void Waited(this ILogger logger, string resourceName, string aim);

    [LoggerMessage(LogLevel.Information, "Waiting for resource '{ResourceName}' to enter the '{State}' state.")]
    public static partial void WaitingForState(this ILogger logger, string resourceName, string state);

    [LoggerMessage(LogLevel.Information, "Waiting for resource '{ResourceName}' to become healthy.")]
    public static partial void WaitingForHealth(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Information, "Waiting for resource ready to execute for '{ResourceName}'.")]
    public static partial void WaitingForReady(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Information, "Waiting for resource '{ResourceName}' to complete.")]
    public static partial void WaitingForCompletion(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Information, "Finished waiting for resource '{ResourceName}'.")]
    public static partial void FinishedWaiting(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Information, "Finished waiting for resource '{ResourceName}' to start.")]
    public static partial void FinishedWaitingForStart(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Error, "Dependency resource '{ResourceName}' failed to start.")]
    public static partial void DependencyFailedToStart(this ILogger logger, string resourceName);

    [LoggerMessage(LogLevel.Error, "Resource '{ResourceName}' has entered the '{State}' state prematurely.")]
    public static partial void DependencyEnded(this ILogger logger, string resourceName, string state);

    [LoggerMessage(
        LogLevel.Error,
        "Resource '{ResourceName}' has entered the '{State}' state with exit code '{ExitCode}' expected '{ExpectedExitCode}'.")]
    public static partial void DependencyEndedWithExitCode(
        this ILogger logger,
        string resourceName,
        string state,
        int? exitCode,
        int expectedExitCode);
}
