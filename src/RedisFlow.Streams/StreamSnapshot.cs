using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>The state of a stream and its groups, read in one round trip.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Length">Messages in the stream.</param>
/// <param name="LastPosition">The last position that Redis gave to a message; 0-0 if there never was one.</param>
/// <param name="DeadLetters">Messages in the dead-letter stream.</param>
/// <param name="Groups">The consumer groups, those included that are declared and do not exist.</param>
public sealed record StreamSnapshot(
    string Stream,
    long Length,
    MessagePosition LastPosition,
    long DeadLetters,
    IReadOnlyList<GroupSnapshot> Groups
)
{
    /// <summary>The oldest message's position; <c>null</c> if the stream is empty.</summary>
    public MessagePosition? FirstPosition { get; init; }

    /// <summary>Messages ever published, those included that are trimmed by now.</summary>
    public long EntriesAdded { get; init; }

    /// <summary>
    /// The memory that the stream takes, in bytes, as Redis estimates it from a sample; <c>null</c> where Redis does
    /// not tell.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Messages that wait for their time to be published.</summary>
    public long Delayed { get; init; }
}

/// <summary>The state of a consumer group.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Name">The group's name.</param>
/// <param name="Lag">Messages not yet delivered to the group; <c>null</c> where Redis cannot tell, which is not
/// 0.</param>
/// <param name="Pending">Messages delivered to it and not acknowledged.</param>
/// <param name="OldestPendingAge">
/// How long ago the oldest pending message was published, in milliseconds; <c>null</c> if no message is pending.
/// </param>
/// <param name="LastDelivered">The position of the last message that the group was given.</param>
/// <param name="Settled">The position up to which everything is delivered and acknowledged.</param>
/// <param name="Consumers">The consumers that the group knows.</param>
public sealed record GroupSnapshot(
    string Stream,
    [property: JsonPropertyName("group")] string Name,
    long? Lag,
    long Pending,
    [property: JsonPropertyName("oldestPendingAgeMs"), JsonConverter(typeof(MillisecondsJsonConverter))]
        TimeSpan? OldestPendingAge,
    MessagePosition LastDelivered,
    MessagePosition Settled,
    IReadOnlyList<ConsumerSnapshot> Consumers
)
{
    /// <summary>Whether the group is declared: what it has not settled is kept, whether it exists or not.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>
    /// Whether the group exists; one that does not is created when an application that declares or consumes it starts.
    /// </summary>
    public bool Exists { get; init; }

    /// <summary>Since when and why the group is paused; <c>null</c> if it is not.</summary>
    public GroupPause? Paused { get; init; }

    /// <summary>
    /// Messages that the group was given of all that were ever published; <c>null</c> where Redis cannot tell.
    /// </summary>
    public long? EntriesRead { get; init; }

    /// <summary>
    /// How long ago the oldest pending message was delivered or its lease renewed, in milliseconds; <c>null</c> if no
    /// message is pending. Longer than Streams:LeaseDuration: no worker takes it over.
    /// </summary>
    [JsonPropertyName("oldestPendingIdleMs"), JsonConverter(typeof(MillisecondsJsonConverter))]
    public TimeSpan? OldestPendingIdle { get; init; }

    /// <summary>How often the oldest pending message was delivered; 0 if no message is pending.</summary>
    public long OldestPendingDeliveries { get; init; }

    /// <summary>
    /// Messages that wait for a build of the group's service that knows their type or schema, or behind others of their
    /// subject.
    /// </summary>
    public long Parked { get; init; }

    /// <summary>
    /// What parked messages wait for, and how many do: the payload's type, e.g. <c>redisflow.v1.CompanyMerged</c>, or
    /// <c>schema:</c> and the envelope's version. Those that only wait behind others are not among them.
    /// </summary>
    public IReadOnlyDictionary<string, long> ParkedFor { get; init; } = new Dictionary<string, long>();
}

/// <summary>The state of a consumer.</summary>
/// <param name="Name">The consumer's name, by default the instance's.</param>
/// <param name="Pending">Messages that it holds.</param>
/// <param name="Idle">
/// How long ago it last gave a sign of life, in milliseconds; workers do so each 2.5 s at least. An operator
/// who makes its messages available gives none.
/// </param>
public sealed record ConsumerSnapshot(
    string Name,
    long Pending,
    [property: JsonPropertyName("idleMs"), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan Idle
)
{
    /// <summary>
    /// How long ago it last got messages, in milliseconds; <c>null</c> if it never did, and before Redis 7.2.
    /// </summary>
    [JsonPropertyName("inactiveMs"), JsonConverter(typeof(MillisecondsJsonConverter))]
    public TimeSpan? Inactive { get; init; }

    /// <summary>
    /// Another worker that wants the same name, in words, and stands by while this one lives; <c>null</c> if no worker
    /// does. Each instance needs a Streams:InstanceId of its own.
    /// </summary>
    public string? Rival { get; init; }
}
