using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>A message that a group was given and has not acknowledged.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Position">Its position in the stream. The entry itself may be gone, if something other than the engine
/// removed it.</param>
/// <param name="Consumer">The consumer that holds it.</param>
/// <param name="Idle">How long ago it was delivered or its lease renewed, in milliseconds; longer than
/// Streams:LeaseDuration: no worker takes it over.</param>
/// <param name="Deliveries">How often it was delivered.</param>
public sealed record PendingMessage(
    string Group,
    MessagePosition Position,
    string Consumer,
    [property: JsonPropertyName("idleMs"), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan Idle,
    long Deliveries
);

/// <summary>Which pending messages; what is <c>null</c> does not matter.</summary>
public sealed record PendingFilter
{
    /// <summary>Those that this consumer holds; none, if the group does not know it.</summary>
    public string? Consumer { get; init; }

    /// <summary>Those that are idle for at least so long; not negative, parts of milliseconds do not count.</summary>
    public TimeSpan? MinIdle { get; init; }
}
