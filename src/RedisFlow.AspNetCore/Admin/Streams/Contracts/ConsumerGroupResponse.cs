using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>The state of a consumer group.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="IsDeclared">Whether the group is declared: what it has not settled is kept, whether it exists or
/// not.</param>
/// <param name="Exists">Whether the group exists; one that does not is created when an application that declares it
/// starts.</param>
/// <param name="Lag">Messages not yet delivered to the group; null where Redis cannot tell, which is not 0.</param>
/// <param name="Pending">Messages delivered to it and not acknowledged.</param>
/// <param name="OldestPendingAgeMs">How long ago the oldest pending message was published, in milliseconds; null if
/// none is pending.</param>
/// <param name="OldestPendingIdleMs">How long ago it was delivered or its lease renewed, in milliseconds; longer than
/// Streams:LeaseDuration: no worker takes it over.</param>
/// <param name="OldestPendingDeliveries">How often it was delivered; 0 if none is pending.</param>
/// <param name="Parked">Messages that wait for a build of the group's service that knows their type, or behind others
/// of their subject.</param>
/// <param name="ParkedFor">What they wait for, and how many do: payload types, or schema: and an envelope's
/// version.</param>
/// <param name="LastDelivered">The position of the last message that the group was given.</param>
/// <param name="Settled">The position up to which everything is delivered and acknowledged.</param>
/// <param name="EntriesRead">Messages that the group was given of all that were ever published; null where Redis cannot
/// tell.</param>
/// <param name="Paused">Since when and why the group is paused; null if it is not.</param>
/// <param name="Consumers">The consumers that the group knows.</param>
internal sealed record ConsumerGroupResponse(
    string Stream,
    string Group,
    bool IsDeclared,
    bool Exists,
    long? Lag,
    long Pending,
    double? OldestPendingAgeMs,
    double? OldestPendingIdleMs,
    long OldestPendingDeliveries,
    long Parked,
    IReadOnlyDictionary<string, long> ParkedFor,
    string LastDelivered,
    string Settled,
    long? EntriesRead,
    PauseState? Paused,
    IReadOnlyList<ConsumerState> Consumers
)
{
    public static ConsumerGroupResponse From(string stream, GroupSnapshot group) =>
        new(
            stream,
            group.Name,
            group.IsDeclared,
            group.Exists,
            group.Lag,
            group.Pending,
            group.OldestPendingAge?.TotalMilliseconds,
            group.OldestPendingIdle?.TotalMilliseconds,
            group.OldestPendingDeliveries,
            group.Parked,
            group.ParkedFor,
            group.LastDelivered.ToString(),
            group.Settled.ToString(),
            group.EntriesRead,
            group.Paused is { } paused ? new PauseState(paused.Reason, paused.Since) : null,
            [.. group.Consumers.Select(ConsumerState.From)]
        );
}

/// <summary>That a group is paused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, by Redis's clock.</param>
internal sealed record PauseState(string Reason, DateTimeOffset Since);

/// <summary>The state of a consumer.</summary>
/// <param name="Name">Its name, by default the instance's.</param>
/// <param name="Pending">Messages that it holds.</param>
/// <param name="IdleMs">How long ago it last gave a sign of life, in milliseconds.</param>
/// <param name="InactiveMs">How long ago it last got messages, in milliseconds; null if it never did, and before Redis
/// 7.2.</param>
/// <param name="Rival">Another worker that wants the same name, in words, and stands by; null if no worker
/// does.</param>
internal sealed record ConsumerState(string Name, long Pending, double IdleMs, double? InactiveMs, string? Rival)
{
    public static ConsumerState From(ConsumerSnapshot consumer) =>
        new(
            consumer.Name,
            consumer.Pending,
            consumer.Idle.TotalMilliseconds,
            consumer.Inactive?.TotalMilliseconds,
            consumer.Rival
        );
}
