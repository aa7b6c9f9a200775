using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>What a redrive did.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Redriven">The letters that were published again.</param>
/// <param name="NotFound">Positions without a dead letter: it was redriven or dropped before, or never existed.</param>
/// <param name="WithoutData">Letters that stay where they are, since they have no data that could be published.</param>
public sealed record RedriveResult(
    string Stream,
    IReadOnlyList<RedrivenLetter> Redriven,
    IReadOnlyList<MessagePosition> NotFound,
    IReadOnlyList<MessagePosition> WithoutData
)
{
    /// <summary>How many letters were published again.</summary>
    public int Count => Redriven.Count;
}

/// <summary>A dead letter that was published again.</summary>
/// <param name="Letter">Its position in the dead-letter stream, where it no longer is.</param>
/// <param name="Message">The new message's position in the stream.</param>
public sealed record RedrivenLetter(MessagePosition Letter, MessagePosition Message);

/// <summary>What a replay delivers.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="From">The position from which on the group receives everything.</param>
/// <param name="Entries">
/// How many messages the group receives again; 0 if it had not reached the position yet: then it receives everything
/// from there on in any case, and nothing was changed.
/// </param>
/// <param name="OldestKept">
/// The stream's oldest message, if older ones were asked for and may be trimmed; else <c>null</c>.
/// </param>
public sealed record ReplayResult(
    string Stream,
    string Group,
    MessagePosition From,
    long Entries,
    MessagePosition? OldestKept
);

/// <summary>Which pending messages were made available.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="MinIdle">How long the messages had been idle at least, in milliseconds.</param>
/// <param name="Released">How many messages the group's workers may take over at once.</param>
public sealed record ClaimResult(
    string Stream,
    string Group,
    [property: JsonPropertyName("minIdleMs"), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan MinIdle,
    long Released
);

/// <summary>What a group will never handle.</summary>
/// <param name="Pending">Entries that had been delivered and not acknowledged.</param>
/// <param name="Undelivered">Entries that had not been delivered; <c>null</c> if their number was unknown.</param>
/// <param name="Position">Where the group goes on: after this entry.</param>
public sealed record DroppedBacklog(long Pending, long? Undelivered, MessagePosition Position);

/// <summary>What a group that was taken away will never handle.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Pending">Entries that had been delivered and not acknowledged.</param>
/// <param name="Undelivered">Entries that had not been delivered; <c>null</c> if their number was unknown.</param>
public sealed record RetiredGroup(string Stream, string Group, long Pending, long? Undelivered)
{
    /// <summary>Messages that were parked: they waited for a build that knows their type.</summary>
    public long Parked { get; init; }
}

/// <summary>That a group is paused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, by Redis's clock: since the first of several pauses.</param>
public sealed record GroupPause(string Reason, DateTimeOffset Since);
