using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a command that ends one replica as a crash would.</summary>
public static class CrashCommandExtensions
{
    /// <summary>
    /// Adds the command <c>crash</c>, which kills one replica: SIGKILL, no chance to finish or to acknowledge. For
    /// resources that run as processes.
    /// </summary>
    /// <typeparam name="T">The resource's type.</typeparam>
    /// <param name="worker">The resource.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithCrashCommand<T>(this IResourceBuilder<T> worker)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(worker);
        return worker.WithCommand(
            "crash",
            "Crash (SIGKILL)",
            CrashAsync,
            new CommandOptions
            {
                Description =
                    "Kills this replica. " + "What it held is taken over by another one, or by itself after its start.",
                ConfirmationMessage =
                    $"Kill this replica of {worker.Resource.Name}? It stays down until it is started.",
                IconName = "Bug",
                UpdateState = CommandState.WhileRunning,
            }
        );
    }

    private static Task<ExecuteCommandResult> CrashAsync(ExecuteCommandContext context) =>
        Task.FromResult(Crash(context));

    private static ExecuteCommandResult Crash(ExecuteCommandContext context)
    {
        var name = context.ResourceName;
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (
            !notifications.TryGetCurrentState(name, out var current)
            || !CommandState.IsRunning(current.Snapshot)
            || ProcessIdOf(current.Snapshot) is not { } processId
        )
        {
            return CommandResults.Failure($"{name} does not run.");
        }

        try
        {
            using var process = Process.GetProcessById(processId);

            // Under "dotnet run" the process is a launcher, and the service its child.
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return CommandResults.Failure($"{name} (process {processId}) has ended already.");
        }
        catch (Exception exception) when (exception is Win32Exception or AggregateException)
        {
            return CommandResults.Failure($"{name} (process {processId}) cannot be killed: {exception.Message}");
        }

        return CommandResults.Success(
            $"{name} (process {processId}) was killed. Start it again with its start button."
        );
    }

    private static int? ProcessIdOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } value
        && int.TryParse(
            Convert.ToString(value, CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture,
            out var processId
        )
            ? processId
            : null;
}
