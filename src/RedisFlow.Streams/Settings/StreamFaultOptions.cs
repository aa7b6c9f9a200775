namespace RedisFlow.Streams;

/// <summary>
/// Faults on purpose, so that a test can stop or kill a process that holds unacknowledged messages. The start fails if
/// they are enabled in the Production environment.
/// </summary>
public sealed class StreamFaultOptions
{
    /// <summary>
    /// Whether workers heed the key <see cref="StreamKeys.Hold"/> of their group: while it exists, each message whose
    /// subject begins with the key's value (an empty one: each message) waits before its handlers. Default:
    /// <c>false</c>.
    /// </summary>
    public bool Enabled { get; set; }
}
