namespace RedisFlow.Streams;

/// <summary>The state of a stream and its groups, read in one round trip.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Length">Entries in the stream.</param>
/// <param name="LastPosition">The last id that Redis generated.</param>
/// <param name="DeadLetters">Entries in the dead-letter stream.</param>
/// <param name="Groups">The consumer groups.</param>
public sealed record StreamSnapshot(
    string Stream,
    long Length,
    MessagePosition LastPosition,
    long DeadLetters,
    IReadOnlyList<GroupSnapshot> Groups
)
{
    /// <summary>The oldest entry in the stream; <c>null</c> if it is empty.</summary>
    public MessagePosition? FirstPosition { get; init; }

    /// <summary>Entries ever added, those included that were removed since.</summary>
    public long EntriesAdded { get; init; }

    /// <summary>
    /// The memory that the stream takes, in bytes, estimated by Redis from a sample; <c>null</c> if Redis does not
    /// allow the question.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Messages that wait for their time to be published.</summary>
    public long Delayed { get; init; }
}

/// <summary>The state of one consumer group.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Lag">Entries not yet delivered to the group; <c>null</c> means unknown, which is not 0.</param>
/// <param name="Pending">Entries delivered and not yet acknowledged.</param>
/// <param name="OldestPendingAge">
/// Age of the oldest pending entry, by its id; <c>null</c> if no entry is pending.
/// </param>
/// <param name="LastDelivered">The last entry delivered to the group.</param>
/// <param name="Settled">The position up to which everything was delivered and acknowledged.</param>
/// <param name="Consumers">The consumers that the group knows.</param>
public sealed record GroupSnapshot(
    string Name,
    long? Lag,
    long Pending,
    TimeSpan? OldestPendingAge,
    MessagePosition LastDelivered,
    MessagePosition Settled,
    IReadOnlyList<ConsumerSnapshot> Consumers
)
{
    /// <summary>Whether the group is declared: what it has not settled is kept, whether it exists or not.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>
    /// Whether the group exists. One that does not is created when an application that declares or consumes it starts.
    /// </summary>
    public bool Exists { get; init; }

    /// <summary>Since when and why the group is paused; <c>null</c> if it is not.</summary>
    public GroupPause? Paused { get; init; }

    /// <summary>Entries that the group was given of all that were ever added; <c>null</c> means unknown.</summary>
    public long? EntriesRead { get; init; }

    /// <summary>
    /// How long ago the oldest pending entry was last delivered or its lease renewed; <c>null</c> if no entry is
    /// pending. Longer than the lease: no worker takes it over.
    /// </summary>
    public TimeSpan? OldestPendingIdle { get; init; }

    /// <summary>How often the oldest pending entry was delivered; 0 if no entry is pending.</summary>
    public long OldestPendingDeliveries { get; init; }

    /// <summary>
    /// Messages that are parked: no build that consumes as the group knows their type or schema, or they wait behind
    /// others of their subject.
    /// </summary>
    public long Parked { get; init; }

    /// <summary>
    /// What parked messages wait for, and how many do: the payload's type, e.g. <c>redisflow.v1.CompanyMerged</c>, or
    /// <c>schema:</c> and the envelope's version. Those that only wait behind others are not among them.
    /// </summary>
    public IReadOnlyDictionary<string, long> ParkedFor { get; init; } = new Dictionary<string, long>();
}

/// <summary>The state of one consumer.</summary>
/// <param name="Name">The consumer's name.</param>
/// <param name="Pending">Entries delivered to it and not yet acknowledged.</param>
/// <param name="Idle">
/// How long ago it last gave a sign of life; workers do so each 2.5 s at least. If an operator makes its messages
/// available (<see cref="IStreamAdministration.ClaimStaleAsync"/>), that does not count as one.
/// </param>
public sealed record ConsumerSnapshot(string Name, long Pending, TimeSpan Idle)
{
    /// <summary>
    /// How long ago it last got messages; <c>null</c> if it never did, or before Redis 7.2, which does not tell.
    /// </summary>
    public TimeSpan? Inactive { get; init; }

    /// <summary>
    /// Another worker with the same name, in words, which stands by while this one lives; <c>null</c> if there is no
    /// such worker. Each instance needs a <see cref="StreamOptions.InstanceId"/> of its own.
    /// </summary>
    public string? Rival { get; init; }
}
