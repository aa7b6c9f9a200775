using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>What a trim did.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Removed">How many messages were removed.</param>
/// <param name="Hold">What keeps the oldest of those that stay; <c>null</c> if nothing does: the groups have settled
/// everything.</param>
public sealed record TrimResult(string Stream, long Removed, TrimHold? Hold);

/// <summary>What keeps a stream from being trimmed further.</summary>
/// <param name="Reason">
/// Pending: the group has a pending message there. NotDelivered: the group was not given what comes after.
/// GroupMissing: the group is declared and does not exist. NoGroups: the stream has no group at all. Retention: what
/// comes after is not older than Streams:Retention.
/// </param>
/// <param name="Group">The group that it waits for; <c>null</c> if it waits for none.</param>
/// <param name="Position">
/// The group's oldest pending message, the last one that it was given, or 0-0; of Retention the position before which
/// messages are old enough.
/// </param>
public sealed record TrimHold(TrimHoldReason Reason, string? Group, MessagePosition Position);

/// <summary>Why a stream is not trimmed further.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrimHoldReason>))]
public enum TrimHoldReason
{
    /// <summary>The group has a pending entry there.</summary>
    Pending,

    /// <summary>The group was not given what comes after.</summary>
    NotDelivered,

    /// <summary>The group is declared and does not exist: once created, it receives everything.</summary>
    GroupMissing,

    /// <summary>The stream has no group at all, e.g. because no application declared one yet.</summary>
    NoGroups,

    /// <summary>What comes after is not old enough.</summary>
    Retention,
}
