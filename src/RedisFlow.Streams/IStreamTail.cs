namespace RedisFlow.Streams;

/// <summary>The state of this instance's group-less tail.</summary>
public interface IStreamTail
{
    /// <summary>The position up to which every observer of this instance has seen every message.</summary>
    MessagePosition AppliedPosition { get; }

    /// <summary>
    /// How long ago the stream was last read successfully; <see cref="TimeSpan.MaxValue"/> before the first time.
    /// </summary>
    TimeSpan SinceLastHeard { get; }

    /// <summary>
    /// Completes when <see cref="AppliedPosition"/> is at least <paramref name="position"/>. Where
    /// <see cref="StreamOptions.UseStreamsForInvalidation"/> is <c>false</c>, a message that got lost moves nothing: it
    /// completes with a later one, or with a new connection, which begins at the stream's end.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default);
}
