namespace RedisFlow.Streams;

/// <summary>A message could not be published, or Redis did not confirm that it was.</summary>
public sealed class StreamPublishException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StreamPublishException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
