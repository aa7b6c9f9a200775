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
    public Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId,
        string commandName,
        CancellationToken cancellationToken = default) => ExecuteCommandAsync(resourceId, commandName, NoArguments, cancellationToken);

    /// <inheritdoc cref="ExecuteCommandAsync(string, string, CancellationToken)"/>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId,
        string commandName,
        InteractionInputCollection arguments,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current.ResourceId, current.Resource, commandName, arguments, cancellationToken)
            : NotFound(resourceId);
    }

    /// <summary>Executes the command for all instances of the resource at the same time; succeeds if it does for each.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource,
        string commandName,
        CancellationToken cancellationToken = default) => ExecuteCommandAsync(resource, commandName, NoArguments, cancellationToken);

    /// <inheritdoc cref="ExecuteCommandAsync(IResource, string, CancellationToken)"/>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource,
        string commandName,
        InteractionInputCollection arguments,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(arguments);
        var names = resource.GetResolvedResourceNames();
        var results = await Task.WhenAll(names.Select(name => ExecuteAsync(
            name, resource, commandName, new([.. arguments.Select(argument => argument.With(argument.Value))]), cancellationToken)));
        return results.Length == 1 ? results[0] : Combine(names, results);
    }

    /// <summary>Executes the command with arguments as they come from outside: one that it does not take is an error.</summary>
    internal async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId,
        string commandName,
        IReadOnlyDictionary<string, string?> arguments,
        CancellationToken cancellationToken)
    {
        if (!_notifications.TryGetCurrentState(resourceId, out var current))
        {
            return NotFound(resourceId);
        }

        var (bound, error) = Find(current.Resource, commandName) is { } command ? CommandArguments.Bind(command, arguments) : (NoArguments, null);
        return error is null
            ? await ExecuteAsync(current.ResourceId, current.Resource, commandName, bound, cancellationToken)
            : CommandResults.Failure(error);
    }

    private static InteractionInputCollection NoArguments => new([]);

    private static ExecuteCommandResult NotFound(string resourceId) => CommandResults.Failure($"Resource '{resourceId}' not found.");

    private static ResourceCommandAnnotation? Find(IResource resource, string commandName) => resource.Annotations
        .OfType<ResourceCommandAnnotation>()
        .SingleOrDefault(annotation => ResourceNames.IsSameCommand(annotation.Name, commandName));

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
        InteractionInputCollection given,
        CancellationToken cancellationToken)
    {
        var logger = _loggers.GetLogger(resourceId);
        logger.ExecutingCommand(commandName);

        if (Find(resource, commandName) is not { } command)
        {
            logger.CommandNotAvailable(commandName);
            var displayName = resource.GetResolvedResourceNames().Count > 1 ? resourceId : resource.Name;
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{displayName}'.");
        }

        try
        {
            var arguments = CommandArguments.Bind(command, given);
            if (!await CommandArguments.AreValidAsync(command, arguments, _services, cancellationToken))
            {
                return new() { Success = false, Message = "Command argument validation failed.", InvalidArguments = arguments };
            }

            var result = await command.ExecuteCommand(new()
            {
                ResourceName = resourceId,
                Services = _services,
                CancellationToken = cancellationToken,
                Logger = logger,
                Arguments = arguments,
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
