using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams;

namespace RedisFlow.AppHost;

/// <summary>What an operator does to a consumer's group, which has the name of the consumer's resource. It concerns all replicas.</summary>
internal static class ConsumerCommands
{
    private const string Reason = "paused from the dashboard";
    private const string From = "from";
    private const string PositionHelp = "Enter a position, e.g. 1795276990618-0; 0-0 is the stream's beginning.";

    public static IResourceBuilder<ProjectResource> WithConsumerCommands(this IResourceBuilder<ProjectResource> consumer, OperatorOptions options)
    {
        var group = consumer.Resource.Name;
        var minIdle = new NumberArgument(
            "min-idle",
            "Minimum idle time, in milliseconds",
            1000,
            (int)OperatorOptions.MaxClaimMinIdle.TotalMilliseconds,
            (int)options.ClaimMinIdle.TotalMilliseconds);
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
            .WithCommand("claim-stale", "Claim stale entries", context => ClaimAsync(group, minIdle, context), new CommandOptions
            {
                Description = "Frees pending entries that no worker has renewed for the time that you enter: "
                    + $"a worker of {group} takes them over within half a lease.",
                ConfirmationMessage = $"Free the stale entries of {group}? Where a worker is only slow, it may handle a message that another one handles too.",
                IconName = "ArrowSwap",
                UpdateState = CommandState.WhileRunning,
                Arguments = [minIdle.Input],
                ValidateArguments = minIdle.CheckAsync,
            })
            .WithCommand("replay", "Replay messages", context => ReplayAsync(group, context), new CommandOptions
            {
                Description = $"Delivers messages to {group} again, from a position on.",
                ConfirmationMessage = $"Replay the messages of {group}? Its handlers see each of them once more.",
                IconName = "ArrowRepeatAll",
                UpdateState = CommandState.WhileRunning,
                Arguments =
                [
                    new InteractionInput
                    {
                        Name = From,
                        Label = "First position",
                        Description = PositionHelp,
                        InputType = InputType.Text,
                        Required = true,
                        Value = $"{MessagePosition.Beginning}",
                    },
                ],
                ValidateArguments = CheckPositionAsync,
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

    private static async Task<ExecuteCommandResult> ReplayAsync(string group, ExecuteCommandContext context)
    {
        var administration = await context.Services.GetRequiredService<StreamAccess>().GetAdministrationAsync(context.CancellationToken);
        var from = MessagePosition.Parse(context.Arguments.GetString(From)!);
        try
        {
            var replay = await administration.ReplayAsync(group, from, context.CancellationToken);
            await RefreshAsync(context);
            return CommandResults.Success($"{group} is given {replay.Entries} messages again.");
        }
        catch (ArgumentException exception)
        {
            return CommandResults.Failure(exception.Message);
        }
    }

    private static Task CheckPositionAsync(InputsDialogValidationContext context)
    {
        if (!MessagePosition.TryParse(context.Inputs.GetString(From), out _))
        {
            context.AddValidationError(From, PositionHelp);
        }

        return Task.CompletedTask;
    }

    private static async Task<ExecuteCommandResult> ClaimAsync(string group, NumberArgument argument, ExecuteCommandContext context)
    {
        var minIdle = TimeSpan.FromMilliseconds(argument.Of(context));
        var administration = await context.Services.GetRequiredService<StreamAccess>().GetAdministrationAsync(context.CancellationToken);
        var released = await administration.ClaimStaleAsync(group, minIdle, context.CancellationToken);
        await RefreshAsync(context);
        return CommandResults.Success(string.Create(
            CultureInfo.InvariantCulture, $"{released} entries of {group} that were idle for {minIdle.TotalSeconds:0.#} s are free to be taken over."));
    }

    private static Task RefreshAsync(ExecuteCommandContext context) =>
        context.Services.GetRequiredService<StreamView>().RefreshAsync(context.CancellationToken);
}
