using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The commands that start, stop and restart a resource.</summary>
internal static class LifecycleCommands
{
    public static void AddTo(IResource resource)
    {
        Add(resource, KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", IconVariant.Filled, isHighlighted: true, StartState,
            (orchestrator, name, cancellationToken) => orchestrator.StartInstanceAsync(name, cancellationToken));
        Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", IconVariant.Filled, isHighlighted: true, StopState,
            (orchestrator, name, cancellationToken) => orchestrator.StopInstanceAsync(name, cancellationToken));
        Add(resource, KnownResourceCommands.RestartCommand, "Restart", "Restart resource", "ArrowCounterclockwise", IconVariant.Regular, isHighlighted: false,
            RestartState,
            async (orchestrator, name, cancellationToken) =>
            {
                await orchestrator.StopInstanceAsync(name, cancellationToken);
                await orchestrator.StartInstanceAsync(name, cancellationToken);
            });
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string description,
        string icon,
        IconVariant iconVariant,
        bool isHighlighted,
        Func<Phase, ResourceCommandState> updateState,
        Func<ApplicationOrchestrator, string, CancellationToken, Task> execute) =>
        resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            context => updateState(PhaseOf(context.ResourceSnapshot.State?.Text)),
            async context =>
            {
                await execute(context.Services.GetRequiredService<ApplicationOrchestrator>(), context.ResourceName, context.CancellationToken);
                return CommandResults.Success();
            },
            description,
            parameter: null,
            confirmationMessage: null,
            icon,
            iconVariant,
            isHighlighted));

    private static ResourceCommandState StartState(Phase phase) => phase switch
    {
        Phase.Unknown or Phase.Starting or Phase.Unhealthy => ResourceCommandState.Disabled,
        Phase.Stopped or Phase.Waiting => ResourceCommandState.Enabled,
        _ => ResourceCommandState.Hidden,
    };

    private static ResourceCommandState StopState(Phase phase) => phase switch
    {
        Phase.Stopping => ResourceCommandState.Disabled,
        Phase.Running => ResourceCommandState.Enabled,
        _ => ResourceCommandState.Hidden,
    };

    private static ResourceCommandState RestartState(Phase phase) =>
        phase == Phase.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static Phase PhaseOf(string? state) => state switch
    {
        null or "" => Phase.Unknown,
        _ when state == KnownResourceStates.Starting || state == KnownResourceStates.Building => Phase.Starting,
        _ when state == KnownResourceStates.Waiting => Phase.Waiting,
        _ when state == KnownResourceStates.Stopping => Phase.Stopping,
        _ when state == KnownResourceStates.RuntimeUnhealthy => Phase.Unhealthy,
        // A container whose state DCP does not know can be started.
        _ when KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.NotStarted || state == "Unknown" => Phase.Stopped,
        _ => Phase.Running,
    };

    private enum Phase
    {
        Unknown,
        Starting,
        Waiting,
        Running,
        Stopping,
        Stopped,
        Unhealthy,
    }
}
