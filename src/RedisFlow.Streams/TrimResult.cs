namespace RedisFlow.Streams;

/// <summary>What a trim did.</summary>
/// <param name="Removed">How many entries were removed.</param>
/// <param name="Hold">What keeps the oldest of those that stay; <c>null</c> if nothing does: the groups have settled
/// everything.</param>
public sealed record TrimResult(long Removed, TrimHold? Hold);

/// <summary>What keeps a stream from being trimmed further.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Group">The group that it waits for; <c>null</c> if it waits for none.</param>
/// <param name="Position">
/// The group's oldest pending entry, the last one that it was given, or <c>0-0</c>; of
/// <see cref="TrimHoldReason.Retention"/> the position before which entries are old enough.
/// </param>
public sealed record TrimHold(TrimHoldReason Reason, string? Group, MessagePosition Position);

/// <summary>Why a stream is not trimmed further.</summary>
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
