using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the application's log says about the dashboard and its resource service.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(LogLevel.Debug, "Resource service listening on {Uri}.")]
    public static partial void ResourceServiceListening(this ILogger logger, string uri);

    [LoggerMessage(LogLevel.Debug, "Resource service call {Path} was cancelled.")]
    public static partial void CallCancelled(this ILogger logger, Exception exception, PathString path);

    [LoggerMessage(LogLevel.Error, "Resource service call {Path} failed.")]
    public static partial void CallFailed(this ILogger logger, Exception exception, PathString path);

    [LoggerMessage(LogLevel.Information, "Now listening on: {DashboardUrl}")]
    public static partial void DashboardListening(this ILogger logger, string dashboardUrl);

    // Tools look for this sentence.
    [LoggerMessage(LogLevel.Information, "Login to the dashboard at {LoginUrl}")]
    public static partial void DashboardLogin(this ILogger logger, string loginUrl);
}
