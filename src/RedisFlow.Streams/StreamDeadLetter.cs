namespace RedisFlow.Streams;

/// <summary>A message that its group gives up.</summary>
/// <param name="Position">The message's place in the stream.</param>
/// <param name="Group">The group.</param>
/// <param name="Reason">One of <see cref="DeadLetterReason"/>.</param>
/// <param name="Error">What was wrong, in words.</param>
/// <param name="Delivery">The message; <c>null</c> if it could not be decoded.</param>
public sealed record StreamDeadLetter(
    MessagePosition Position,
    string Group,
    string Reason,
    string Error,
    StreamDelivery? Delivery
)
{
    /// <summary>The envelope; <c>null</c> if there is no readable envelope.</summary>
    public StreamMessage? Message { get; init; }
}
