using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>A page of what a group holds, oldest first.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Next">What to give as after for the next page; null on the last one.</param>
internal sealed record PendingPageResponse(string Group, IReadOnlyList<PendingMessage> Messages, MessagePosition? Next)
{
    public static PendingPageResponse From(string group, IReadOnlyList<PendingMessage> page, int limit) =>
        new(group, page, page.Count < limit ? null : page[^1].Position);
}
