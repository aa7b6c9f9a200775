using RedisFlow.Streams;

namespace RedisFlow.Aspire.Hosting;

/// <summary>What an operator does to the whole stream.</summary>
internal static class StreamCommands
{
    private static readonly NumberArgument RedriveLimit = new("limit", "At most", 1, 1_000_000, 1000);

    public static IResourceBuilder<StreamResource> WithStreamCommands(this IResourceBuilder<StreamResource> stream) =>
        stream
            .WithCommand(
                "redrive-dead-letters",
                "Redrive dead letters",
                RedriveAsync(stream.Resource),
                new CommandOptions
                {
                    Description = "Publishes the oldest dead letters again, each for the group that gave it up.",
                    ConfirmationMessage = "Publish the dead letters again? Their handlers are called once more.",
                    IconName = "ArrowRedo",
                    UpdateState = CommandState.WhileRunning,
                    Arguments = [RedriveLimit.Input],
                    ValidateArguments = RedriveLimit.CheckAsync,
                }
            )
            .WithCommand(
                "trim-now",
                "Trim now",
                TrimAsync(stream.Resource),
                new CommandOptions
                {
                    Description =
                        "Removes what every group has settled and what is older than the retention, which instances "
                        + "else do each minute.",
                    ConfirmationMessage =
                        "Remove what every group has settled and what is older than Streams:Retention? Tails "
                        + "and replays cannot read it any more.",
                    IconName = "Cut",
                    UpdateState = CommandState.WhileRunning,
                }
            );

    private static Func<ExecuteCommandContext, Task<ExecuteCommandResult>> RedriveAsync(StreamResource stream) =>
        context =>
            StreamOperation.RunAsync(
                stream,
                context,
                async (administration, cancellationToken) =>
                {
                    var result = await administration.RedriveAllAsync(
                        limit: RedriveLimit.Of(context),
                        cancellationToken: cancellationToken
                    );
                    var stayed =
                        result.WithoutData.Count > 0
                            ? $" {result.WithoutData.Count} stay, since they hold no data that could be published."
                            : "";
                    return $"{result.Redriven.Count} dead letters were published again.{stayed}";
                }
            );

    private static Func<ExecuteCommandContext, Task<ExecuteCommandResult>> TrimAsync(StreamResource stream) =>
        context =>
            StreamOperation.RunAsync(
                stream,
                context,
                static async (administration, cancellationToken) =>
                {
                    var result = await administration.TrimAsync(cancellationToken);
                    return $"{result.Removed} entries were removed. {Describe(result.Hold)}";
                }
            );

    private static string Describe(TrimHold? hold) =>
        hold switch
        {
            null => "Nothing holds the rest.",
            { Reason: TrimHoldReason.Retention } => "The rest is younger than Streams:Retention.",
            { Reason: TrimHoldReason.NoGroups } => "The rest waits for the first group.",
            { Reason: TrimHoldReason.GroupMissing } =>
                $"The rest waits for the group {hold.Group}, which does not exist yet.",
            { Reason: TrimHoldReason.Pending } =>
                $"The rest waits for the group {hold.Group}, in which {hold.Position} is pending.",
            _ => $"The rest waits for the group {hold.Group}, which was given nothing after {hold.Position}.",
        };
}
