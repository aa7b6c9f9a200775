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
    StreamPosition LastPosition,
    long DeadLetters,
    IReadOnlyList<GroupSnapshot> Groups);

/// <summary>The state of one consumer group.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Lag">Entries not yet delivered to the group; <c>null</c> means unknown, which is not 0.</param>
/// <param name="Pending">Entries delivered and not yet acknowledged.</param>
/// <param name="OldestPendingAge">Age of the oldest pending entry, by its id; <c>null</c> if there is none.</param>
/// <param name="LastDelivered">The last entry delivered to the group.</param>
/// <param name="Settled">The position up to which everything was delivered and acknowledged.</param>
/// <param name="Consumers">The consumers that the group knows.</param>
public sealed record GroupSnapshot(
    string Name,
    long? Lag,
    long Pending,
    TimeSpan? OldestPendingAge,
    StreamPosition LastDelivered,
    StreamPosition Settled,
    IReadOnlyList<ConsumerSnapshot> Consumers);

/// <summary>The state of one consumer.</summary>
/// <param name="Name">The consumer's name.</param>
/// <param name="Pending">Entries delivered to it and not yet acknowledged.</param>
/// <param name="Idle">How long ago it last asked for messages.</param>
public sealed record ConsumerSnapshot(string Name, long Pending, TimeSpan Idle);
