namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>Where a replay begins. Give exactly one of the two.</summary>
/// <param name="FromPosition">The first position to deliver again, e.g. 1795234011241-0.</param>
/// <param name="FromTime">The time, with its offset, of the first message to deliver again, e.g. 2030-01-31T12:00:00Z;
/// parts of milliseconds do not count.</param>
internal sealed record ReplayRequest(string? FromPosition = null, string? FromTime = null);

/// <summary>What a replay delivers.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="From">The position from which on the group receives everything.</param>
/// <param name="Entries">How many messages it receives again; 0 if it had not reached the position yet: then nothing
/// was changed.</param>
/// <param name="OldestKept">The stream's oldest message, if older ones were asked for and may be trimmed; else
/// null.</param>
internal sealed record ReplayResponse(string Group, string From, long Entries, string? OldestKept);
