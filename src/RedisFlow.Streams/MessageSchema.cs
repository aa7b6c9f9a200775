namespace RedisFlow.Streams;

/// <summary>The schema of the envelope, <c>StreamMessage</c>.</summary>
public static class MessageSchema
{
    /// <summary>
    /// The version that this build writes, and the newest that it reads: a reader that meets a newer one parks the
    /// entry.
    /// </summary>
    public const uint CurrentVersion = 1;
}
