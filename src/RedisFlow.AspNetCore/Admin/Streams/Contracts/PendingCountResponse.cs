using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>How much a group holds.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Pending">Messages delivered to the group and not acknowledged.</param>
/// <param name="Consumers">Of these, how many each consumer holds; consumers that hold none are left out.</param>
internal sealed record PendingCountResponse(
    string Stream,
    string Group,
    long Pending,
    IReadOnlyDictionary<string, long> Consumers
)
{
    public static PendingCountResponse From(GroupSnapshot group) =>
        new(
            group.Stream,
            group.Name,
            group.Pending,
            group
                .Consumers.Where(consumer => consumer.Pending > 0)
                .ToDictionary(consumer => consumer.Name, consumer => consumer.Pending)
        );
}
