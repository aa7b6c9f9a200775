namespace RedisFlow.Aspire.Hosting;

/// <summary>Decides when a command can be executed; for <see cref="CommandOptions.UpdateState"/>.</summary>
public static class CommandState
{
    /// <summary>Enables a command while its resource runs.</summary>
    /// <param name="context">The resource's current state.</param>
    /// <returns>The command's state.</returns>
    public static ResourceCommandState WhileRunning(UpdateCommandStateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return When(IsRunning(context.ResourceSnapshot));
    }

    internal static ResourceCommandState When(bool possible) =>
        possible ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    internal static bool IsRunning(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running;
}
