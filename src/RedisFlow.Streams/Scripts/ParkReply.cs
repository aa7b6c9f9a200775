namespace RedisFlow.Streams.Scripts;

/// <summary>What <see cref="StreamScripts.Park"/> returns of an entry that was pending for the consumer.</summary>
internal static class ParkReply
{
    /// <summary>No parked message of its subject is there (any more), so the message may be handled.</summary>
    public const int IsFree = 0;

    /// <summary>The message is parked.</summary>
    public const int IsParked = 1;
}
