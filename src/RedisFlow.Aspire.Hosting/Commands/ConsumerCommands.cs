using System.Globalization;
using RedisFlow.Streams;

namespace RedisFlow.Aspire.Hosting;

/// <summary>What an operator does to a consumer's group. It concerns all replicas.</summary>
internal sealed class ConsumerCommands(StreamResource stream, string group, TimeSpan claimMinIdle)
{
    /// <summary>The longest minimum idle time that can be entered.</summary>
    public static readonly TimeSpan MaxClaimMinIdle = TimeSpan.FromDays(1);

    /// <summary>The name of the first command.</summary>
    public const string Pause = "pause-consumer";

    private const string Reason = "paused from the dashboard";
    private const string From = "from";
    private const string PositionHelp = "Enter a position, e.g. 1795276990618-0; 0-0 is the stream's beginning.";

    private readonly NumberArgument _minIdle = new(
        "min-idle",
        "Minimum idle time, in milliseconds",
        1000,
        (int)MaxClaimMinIdle.TotalMilliseconds,
        (int)claimMinIdle.TotalMilliseconds
    );

    /// <summary>Adds the commands to the consumer's resource.</summary>
    public void AddTo<T>(IResourceBuilder<T> consumer)
        where T : IResource =>
        consumer
            .WithCommand(
                Pause,
                "Pause consumer",
                PauseAsync,
                new CommandOptions
                {
                    Description = $"Lets no replica of {group} begin a further message. Messages wait in the stream.",
                    ConfirmationMessage =
                        $"Pause {group}? Its messages wait until it is resumed, and what it derives from them gets "
                        + "old.",
                    IconName = "Pause",
                    UpdateState = context =>
                        CommandState.When(
                            CommandState.IsRunning(context.ResourceSnapshot) && !IsPaused(context.ResourceSnapshot)
                        ),
                }
            )
            .WithCommand(
                "resume-consumer",
                "Resume consumer",
                ResumeAsync,
                new CommandOptions
                {
                    Description = $"Lets {group} go on with its messages.",
                    IconName = "Play",
                    UpdateState = context =>
                        CommandState.When(
                            CommandState.IsRunning(context.ResourceSnapshot) && IsPaused(context.ResourceSnapshot)
                        ),
                }
            )
            .WithCommand(
                "claim-stale",
                "Claim stale entries",
                ClaimAsync,
                new CommandOptions
                {
                    Description =
                        "Frees pending entries that no worker has renewed for the time that you enter: "
                        + $"a worker of {group} takes them over within half a lease.",
                    ConfirmationMessage =
                        $"Free the stale entries of {group}? Where a worker is only slow, it may handle a "
                        + "message that another one handles too.",
                    IconName = "ArrowSwap",
                    UpdateState = CommandState.WhileRunning,
                    Arguments = [_minIdle.Input],
                    ValidateArguments = _minIdle.CheckAsync,
                }
            )
            .WithCommand(
                "replay",
                "Replay messages",
                ReplayAsync,
                new CommandOptions
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
                }
            );

    private bool IsPaused(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.Any(property => property.Name == StreamProperties.PausedOf(stream));

    private Task<ExecuteCommandResult> PauseAsync(ExecuteCommandContext context) =>
        StreamOperation.RunAsync(
            stream,
            context,
            async (administration, cancellationToken) =>
            {
                var pause = await administration.PauseAsync(group, Reason, cancellationToken);
                return $"{group} is paused since {pause.Since.UtcDateTime:HH:mm:ss}Z.";
            }
        );

    private Task<ExecuteCommandResult> ResumeAsync(ExecuteCommandContext context) =>
        StreamOperation.RunAsync(
            stream,
            context,
            async (administration, cancellationToken) =>
                await administration.ResumeAsync(group, cancellationToken)
                    ? $"{group} goes on."
                    : $"{group} was not paused."
        );

    private Task<ExecuteCommandResult> ReplayAsync(ExecuteCommandContext context) =>
        StreamOperation.RunAsync(
            stream,
            context,
            async (administration, cancellationToken) =>
            {
                var from = MessagePosition.Parse(context.Arguments.GetString(From)!);
                var replay = await administration.ReplayAsync(group, from, cancellationToken);
                return $"{group} will receive {replay.Entries} messages again.";
            }
        );

    private Task<ExecuteCommandResult> ClaimAsync(ExecuteCommandContext context) =>
        StreamOperation.RunAsync(
            stream,
            context,
            async (administration, cancellationToken) =>
            {
                var minIdle = TimeSpan.FromMilliseconds(_minIdle.Of(context));
                var claimed = await administration.ClaimStaleAsync(group, minIdle, cancellationToken);
                var seconds = minIdle.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
                return $"{claimed.Released} entries of {group} that were idle for {seconds} s are free to be taken "
                    + "over.";
            }
        );

    private static Task CheckPositionAsync(InputsDialogValidationContext context)
    {
        if (!MessagePosition.TryParse(context.Inputs.GetString(From), out _))
        {
            context.AddValidationError(From, PositionHelp);
        }

        return Task.CompletedTask;
    }
}
