namespace RedisFlow.Streams;

/// <summary>What <see cref="IDurableStreamPublisher"/> waits for; section <c>Streams:Durability</c>.</summary>
public sealed class StreamDurabilityOptions
{
    /// <summary>
    /// Specifies how many replicas must have a message. For a failover to keep it whichever replica takes over, that is
    /// the number of replicas. 1 to 100; with <see cref="Fsync"/> also 0, for a server without replicas. The default is
    /// 1.
    /// </summary>
    public int Replicas { get; set; } = 1;

    /// <summary>
    /// Specifies how long Redis waits for the confirmation; 10 ms to 1 minute. A call may take up to twice as long,
    /// since it may have to wait for the confirmation before its own, and the client's command timeout in addition. The
    /// default is 1 s.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Specifies whether the primary and <see cref="Replicas"/> replicas must also have written the message to their
    /// disks (<c>WAITAOF</c>). It needs Redis 7.2 or Valkey, and the append-only file on each of them; with
    /// <c>appendfsync everysec</c> it takes up to a second or two, so
    /// <see cref="Timeout"/> must be longer. The default is <c>false</c>.
    /// </summary>
    public bool Fsync { get; set; }
}
