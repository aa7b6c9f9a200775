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
    /// Completes when <see cref="AppliedPosition"/> is at least <paramref name="position"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default);
}
