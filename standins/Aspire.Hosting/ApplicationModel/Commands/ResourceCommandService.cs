using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Executes the commands of resources.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(
        ResourceNotificationService resourceNotificationService,
        ResourceLoggerService resourceLoggerService,
        IServiceProvider serviceProvider)
    {
        _notifications = resourceNotificationService;
        _loggers = resourceLoggerService;
        _services = serviceProvider;
    }

    /// <summary>
    /// Executes the command for one instance. <paramref name="resourceId"/> is its id, or the resource's name if the
    /// resource has one instance only: the name of a resource with replicas is not found.
    /// </summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId,
        string commandName,
        CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current.ResourceId, current.Resource, commandName, cancellationToken)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");

    /// <summary>Executes the command for all instances of the resource at the same time; succeeds if it does for each.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource,
        string commandName,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var names = resource.GetResolvedResourceNames();
        var results = await Task.WhenAll(names.Select(name => ExecuteAsync(name, resource, commandName, cancellationToken)));
        return results.Length == 1 ? results[0] : Combine(names, results);
    }

    private static ExecuteCommandResult Combine(IReadOnlyList<string> names, ExecuteCommandResult[] results)
    {
        var failures = names.Zip(results)
            .Where(pair => pair.Second is { Success: false, Canceled: false })
            .Select(pair => $"Resource '{pair.First}' failed with error message: {pair.Second.Message}")
            .ToList();

        if (failures.Count > 0)
        {
            return CommandResults.Failure(
                string.Join(Environment.NewLine, failures.Prepend($"{failures.Count} command executions failed.")));
        }

        return results.Any(result => result.Canceled)
            ? CommandResults.Canceled()
            : new() { Success = true, Data = results.FirstOrDefault(result => result.Data is not null)?.Data };
    }

    [SuppressMessage("Design", "CA1031", Justification = "A command is the application's code: whatever it throws is its result.")]
    private async Task<ExecuteCommandResult> ExecuteAsync(
        string resourceId,
        IResource resource,
        string commandName,
        CancellationToken cancellationToken)
    {
        var logger = _loggers.GetLogger(resourceId);
        logger.ExecutingCommand(commandName);

        var command = resource.Annotations
            .OfType<ResourceCommandAnnotation>()
            .SingleOrDefault(annotation => ResourceNames.IsSameCommand(annotation.Name, commandName));
        if (command is null)
        {
            logger.CommandNotAvailable(commandName);
            var displayName = resource.GetResolvedResourceNames().Count > 1 ? resourceId : resource.Name;
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{displayName}'.");
        }

        try
        {
            var result = await command.ExecuteCommand(new()
            {
                ResourceName = resourceId,
                Services = _services,
                CancellationToken = cancellationToken,
                Logger = logger,
            });

            switch (result)
            {
                case { Success: true }:
                    logger.CommandSucceeded(commandName);
                    break;
                case { Canceled: true }:
                    logger.CommandCanceled(commandName);
                    break;
                default:
                    logger.CommandFailed(commandName, result.Message);
                    break;
            }

            return result;
        }
        catch (OperationCanceledException)
        {
            logger.CommandCanceled(commandName);
            return CommandResults.Canceled();
        }
        catch (Exception exception)
        {
            logger.CommandThrew(exception, commandName);
            return CommandResults.Failure(exception);
        }
    }
}
