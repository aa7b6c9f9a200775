namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>What can be taken over.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="MinIdleMs">How long the messages had been idle at least, in milliseconds.</param>
/// <param name="Released">How many messages the group's workers may take over at once.</param>
internal sealed record ClaimStaleResponse(string Group, long MinIdleMs, long Released);
