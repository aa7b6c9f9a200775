using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>A page of what a group holds, oldest first.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Next">What to give as after for the next page; null on the last one.</param>
internal sealed record PendingPageResponse(string Group, IReadOnlyList<PendingMessageResponse> Messages, string? Next)
{
    public static PendingPageResponse From(string group, IReadOnlyList<PendingMessage> page, int limit) =>
        new(
            group,
            [.. page.Select(PendingMessageResponse.From)],
            page.Count < limit ? null : page[^1].Position.ToString()
        );
}

/// <summary>A message that a group was given and has not acknowledged.</summary>
/// <param name="Position">Its position in the stream.</param>
/// <param name="Consumer">The consumer that holds it.</param>
/// <param name="IdleMs">How long ago it was delivered or its lease renewed, in milliseconds; longer than
/// Streams:LeaseDuration: no worker takes it over.</param>
/// <param name="Deliveries">How often it was delivered.</param>
internal sealed record PendingMessageResponse(string Position, string Consumer, double IdleMs, long Deliveries)
{
    public static PendingMessageResponse From(PendingMessage message) =>
        new(message.Position.ToString(), message.Consumer, message.Idle.TotalMilliseconds, message.Deliveries);
}
