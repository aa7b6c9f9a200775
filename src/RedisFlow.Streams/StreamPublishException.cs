namespace RedisFlow.Streams;

/// <summary>A message could not be published, or Redis did not confirm that it was.</summary>
public class StreamPublishException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StreamPublishException(string message, Exception? innerException = null)
        : base(message, innerException) { }

    /// <summary>Creates the exception for a batch.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="confirmed">The positions of the batch's first messages, which are in the stream.</param>
    /// <param name="uncertain">How many messages after those may be in the stream.</param>
    /// <param name="innerException">Why.</param>
    public StreamPublishException(
        string message,
        IReadOnlyList<MessagePosition> confirmed,
        int uncertain,
        Exception? innerException = null
    )
        : base(message, innerException)
    {
        Confirmed = confirmed;
        UncertainCount = uncertain;
    }

    /// <summary>
    /// The positions of a batch's messages that are certainly in the stream: of its first ones, in their order. Empty
    /// if it was a single message.
    /// </summary>
    public IReadOnlyList<MessagePosition> Confirmed { get; } = [];

    /// <summary>
    /// How many of the messages after the <see cref="Confirmed"/> ones may or may not be in the stream. Those after
    /// them certainly are not.
    /// </summary>
    public int UncertainCount { get; } = 1;
}
