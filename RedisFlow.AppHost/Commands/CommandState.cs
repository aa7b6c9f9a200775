namespace RedisFlow.AppHost;

/// <summary>When commands can be executed.</summary>
internal static class CommandState
{
    /// <summary>While the resource runs.</summary>
    public static ResourceCommandState WhileRunning(UpdateCommandStateContext context) => When(IsRunning(context.ResourceSnapshot));

    public static ResourceCommandState When(bool possible) => possible ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    public static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;
}
