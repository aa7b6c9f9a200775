using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.AppHost;

/// <summary>What an operator does to a consumer's group, which has the name of the consumer's resource. It concerns all replicas.</summary>
internal static class ConsumerCommands
{
    private const string Reason = "paused from the dashboard";

    public static IResourceBuilder<ProjectResource> WithConsumerCommands(this IResourceBuilder<ProjectResource> consumer, OperatorOptions options)
    {
        var group = consumer.Resource.Name;
        return consumer
            .WithCommand("pause-consumer", "Pause consumer", context => PauseAsync(group, context), new CommandOptions
            {
                Description = $"Lets no replica of {group} begin a further message. Messages wait in the stream.",
                ConfirmationMessage = $"Pause {group}? Its messages wait until it is resumed, and what it derives from them gets old.",
                IconName = "Pause",
                UpdateState = context => CommandState.When(CommandState.IsRunning(context.ResourceSnapshot) && !IsPaused(context.ResourceSnapshot)),
            })
            .WithCommand("resume-consumer", "Resume consumer", context => ResumeAsync(group, context), new CommandOptions
            {
                Description = $"Lets {group} go on with its messages.",
                IconName = "Play",
                UpdateState = context => CommandState.When(CommandState.IsRunning(context.ResourceSnapshot) && IsPaused(context.ResourceSnapshot)),
            })
            .WithCommand("claim-stale", "Claim stale entries", context => ClaimAsync(group, options.ClaimMinIdle, context), new CommandOptions
            {
                Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"Frees pending entries that nobody has renewed for {options.ClaimMinIdle.TotalSeconds:0.#} s: a worker of {group} takes them over within half a lease."),
                ConfirmationMessage = $"Free the stale entries of {group}? Where a worker is only slow, it may handle a message that another one handles too.",
                IconName = "ArrowSwap",
                UpdateState = CommandState.WhileRunning,
            });
    }

    private static bool IsPaused(CustomResourceSnapshot snapshot) => snapshot.Properties.Any(property => property.Name == StreamProperties.Paused);

    private static async Task<ExecuteCommandResult> PauseAsync(string group, ExecuteCommandContext context)
    {
        var administration = await context.Services.GetRequiredService<StreamAccess>().GetAdministrationAsync(context.CancellationToken);
        var pause = await administration.PauseAsync(group, Reason, context.CancellationToken);
        await RefreshAsync(context);
        return CommandResults.Success($"{group} is paused since {pause.Since.UtcDateTime:HH:mm:ss}Z.");
    }

    private static async Task<ExecuteCommandResult> ResumeAsync(string group, ExecuteCommandContext context)
    {
        var administration = await context.Services.GetRequiredService<StreamAccess>().GetAdministrationAsync(context.CancellationToken);
        var wasPaused = await administration.ResumeAsync(group, context.CancellationToken);
        await RefreshAsync(context);
        return CommandResults.Success(wasPaused ? $"{group} goes on." : $"{group} was not paused.");
    }

    private static async Task<ExecuteCommandResult> ClaimAsync(string group, TimeSpan minIdle, ExecuteCommandContext context)
    {
        var administration = await context.Services.GetRequiredService<StreamAccess>().GetAdministrationAsync(context.CancellationToken);
        var released = await administration.ClaimStaleAsync(group, minIdle, context.CancellationToken);
        await RefreshAsync(context);
        return CommandResults.Success(string.Create(
            CultureInfo.InvariantCulture, $"{released} entries of {group} that were idle for {minIdle.TotalSeconds:0.#} s are free to be taken over."));
    }

    private static Task RefreshAsync(ExecuteCommandContext context) =>
        context.Services.GetRequiredService<StreamView>().RefreshAsync(context.CancellationToken);
}
