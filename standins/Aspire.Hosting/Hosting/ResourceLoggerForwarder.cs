using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Writes the resources' console logs to the application's log, under <c>AppHost.Resources.name</c>.</summary>
internal sealed class ResourceLoggerForwarder(
    DistributedApplicationModel model,
    ResourceLoggerService loggers,
    ResourceNotificationService notifications,
    IHostEnvironment environment,
    ILoggerFactory loggerFactory) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var followed = new HashSet<string>(StringComparer.Ordinal);
        var tasks = new List<Task>();
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
            {
                if (model.Resources.Contains(change.Resource) && followed.Add(change.ResourceId))
                {
                    tasks.Add(ForwardAsync(change.Resource, change.ResourceId, stoppingToken));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ForwardAsync(IResource resource, string resourceId, CancellationToken cancellationToken)
    {
        var logger = loggerFactory.CreateLogger($"{environment.ApplicationName}.Resources.{resource.Name}");
        await foreach (var lines in loggers.WatchAsync(resourceId).WithCancellation(cancellationToken))
        {
            foreach (var line in lines)
            {
                if (line.IsErrorMessage)
                {
                    ForwardLog.Error(logger, line.LineNumber, line.Content);
                }
                else
                {
                    ForwardLog.Output(logger, line.LineNumber, line.Content);
                }
            }
        }
    }
}

internal static partial class ForwardLog
{
    [LoggerMessage(LogLevel.Information, "{LineNumber}: {LineContent}")]
    public static partial void Output(ILogger logger, int lineNumber, string lineContent);

    [LoggerMessage(LogLevel.Error, "{LineNumber}: {LineContent}")]
    public static partial void Error(ILogger logger, int lineNumber, string lineContent);
}
