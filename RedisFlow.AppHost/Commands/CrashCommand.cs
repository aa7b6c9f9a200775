using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.AppHost;

/// <summary>Ends one replica as a crash would: SIGKILL, no chance to finish or to acknowledge.</summary>
internal static class CrashCommand
{
    public static IResourceBuilder<ProjectResource> WithCrashCommand(this IResourceBuilder<ProjectResource> worker) =>
        worker.WithCommand("crash", "Crash (SIGKILL)", CrashAsync, new CommandOptions
        {
            Description = "Kills this replica. What it held is taken over by another one, or by itself after its start.",
            ConfirmationMessage = $"Kill this replica of {worker.Resource.Name}? It stays down until it is started.",
            IconName = "Bug",
            UpdateState = CommandState.WhileRunning,
        });

    private static Task<ExecuteCommandResult> CrashAsync(ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(context.ResourceName, out var current)
            || !CommandState.IsRunning(current.Snapshot)
            || ProcessIdOf(current.Snapshot) is not { } processId)
        {
            return Task.FromResult(CommandResults.Failure($"{context.ResourceName} does not run."));
        }

        try
        {
            using var process = Process.GetProcessById(processId);

            // Under "dotnet run" the process is a launcher, and the service its child.
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return Task.FromResult(CommandResults.Failure($"{context.ResourceName} (process {processId}) has ended already."));
        }
        catch (Exception exception) when (exception is Win32Exception or AggregateException)
        {
            return Task.FromResult(CommandResults.Failure($"{context.ResourceName} (process {processId}) cannot be killed: {exception.Message}"));
        }

        return Task.FromResult(CommandResults.Success(
            $"{context.ResourceName} (process {processId}) was killed. Start it again with its start button."));
    }

    private static int? ProcessIdOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } value
        && int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var processId)
            ? processId
            : null;
}
