using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Staleness.Faults;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Auditing;

/// <summary>Waits until what was written has reached everything that it will reach.</summary>
internal sealed class QuietWait(
    StalenessOptions options,
    IDatabase database,
    IStreamPublisher publisher,
    IReadOnlyList<NodeSlot> nodes
)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly StreamKeys _keys = new(Roles.Stream);

    /// <summary>Waits.</summary>
    /// <returns>What did not come to rest.</returns>
    public async Task<IReadOnlyList<string>> WaitAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == CacheMode.Ttl)
        {
            // Such a cache receives no invalidations: it waits only for its entries' expiry, and serves them until
            // then.
            return [];
        }

        // Of no concern to any key. Who has this one has heard all that it will ever hear; also one whose messages may
        // be lost.
        var last = await publisher.PublishAsync(
            new Publication(new DealershipCreated(), "rest", "All writers have stopped."),
            cancellationToken
        );
        var late = new List<string>();
        foreach (var node in nodes)
        {
            await TryAsync(
                late,
                node.Process,
                () => Eventually.Until(() => HasAppliedAsync(node, last, cancellationToken), Limit, cancellationToken)
            );
        }

        foreach (var service in StalenessOptions.Services)
        {
            await TryAsync(
                late,
                $"group {service}",
                () =>
                    Eventually.Until(
                        () => GroupProgress.ReadAsync(database, _keys, service),
                        progress => progress.IsDrained,
                        Limit,
                        cancellationToken
                    )
            );
        }

        if (options.Mode == CacheMode.PubSub)
        {
            // Each instance applies to Redis what it hears, no caller waits for it, and it gives up after this time.
            await Task.Delay(NodeSettings.RedisTimeout, cancellationToken);
        }

        return late;
    }

    private static async Task<bool> HasAppliedAsync(
        NodeSlot node,
        MessagePosition position,
        CancellationToken cancellationToken
    )
    {
        using var connection = await NodeConnection.OpenAsync(node.Port, cancellationToken);
        return await connection.HasAppliedAsync(position, Step, cancellationToken);
    }

    private static async Task TryAsync(List<string> late, string what, Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (TimeoutException exception)
        {
            late.Add($"{what} did not catch up: {exception.Message}");
        }
    }
}
