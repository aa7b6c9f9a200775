using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>What a trim did.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Removed">How many messages were removed.</param>
/// <param name="Hold">What keeps the oldest of those that stay; null if nothing does.</param>
internal sealed record TrimResponse(string Stream, long Removed, TrimHoldResponse? Hold)
{
    public static TrimResponse From(string stream, TrimResult result) =>
        new(
            stream,
            result.Removed,
            result.Hold is { } hold ? new TrimHoldResponse(hold.Reason, hold.Group, hold.Position.ToString()) : null
        );
}

/// <summary>What keeps a stream from being trimmed further.</summary>
/// <param name="Reason">
/// Pending: the group has a pending message there. NotDelivered: the group was not given what comes after.
/// GroupMissing: the group is declared and does not exist. NoGroups: the stream has no group at all. Retention: what
/// comes after is not older than Streams:Retention.
/// </param>
/// <param name="Group">The group that it waits for; null if it waits for none.</param>
/// <param name="Position">The group's oldest pending message or the last one that it was given; of Retention the
/// position before which messages are old enough.</param>
internal sealed record TrimHoldResponse(TrimHoldReason Reason, string? Group, string Position);
