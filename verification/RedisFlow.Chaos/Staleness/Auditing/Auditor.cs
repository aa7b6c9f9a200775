using System.Globalization;
using RedisFlow.Chaos.Staleness.Faults;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Auditing;

/// <summary>Looks at every entry of every cache while all is quiet.</summary>
internal sealed class Auditor(
    StalenessOptions options,
    RedisServer redis,
    IDatabase database,
    IStreamPublisher publisher,
    IReadOnlyList<NodeSlot> nodes
)
{
    /// <summary>
    /// How long a node may take until it reads its caches again after the faults, and a fresh one until it trusts
    /// Redis.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly KeySpace _keys = new(options.Keys);
    private int _audits;

    /// <summary>Audits each service.</summary>
    /// <exception cref="TimeoutException">A node does not read its caches, so that there is nothing to see.</exception>
    public async Task<IReadOnlyList<AuditFigures>> AuditAsync(CancellationToken cancellationToken)
    {
        var source = await SourceAsync();
        _audits++;
        return await Task.WhenAll(
            StalenessOptions.Services.Select((_, service) => AuditAsync(service, source, cancellationToken))
        );
    }

    private async Task<AuditFigures> AuditAsync(
        int service,
        IReadOnlyList<long> source,
        CancellationToken cancellationToken
    )
    {
        var name = StalenessOptions.Services[service];
        var l1 = new List<StoredVersion>();
        foreach (var node in nodes.Where(node => node.Service == name))
        {
            l1.AddRange(await ServedByL1Async(node, cancellationToken));
        }

        var l2 =
            options.Mode == CacheMode.Ttl
                ? await L2Contents.ReadExpiringAsync(database, name, _keys)
                : await L2Contents.ReadAsync(database, name, _keys);
        var fresh = await ServedToFreshAsync(service, cancellationToken);
        return new AuditFigures
        {
            Service = name,
            L1 = l1.Count,
            StaleL1 = StoredJudge.Stale(l1, source),
            L2 = l2.Entries.Count,
            L2Dropped = l2.Entries.Count(l2.Epochs.Drop),
            StaleL2 = StoredJudge.Stale(l2.Entries, l2.Epochs, source),
            Fresh = fresh.Count,
            StaleFresh = StoredJudge.Stale(fresh, source),
        };
    }

    /// <summary>
    /// What a node's memory serves. A node that cannot hear would serve nothing, and hide it: so it must serve the
    /// canary first.
    /// </summary>
    private async Task<IReadOnlyList<StoredVersion>> ServedByL1Async(NodeSlot node, CancellationToken cancellationToken)
    {
        using var connection = await NodeConnection.OpenAsync(node.Port, cancellationToken);
        await Eventually.Until(
            () => connection.ReadAsync(_keys.Canary, position: null, cancellationToken),
            reply => reply.Outcome == ReadOutcome.L1,
            Limit,
            cancellationToken
        );
        return await connection.L1Async(cancellationToken);
    }

    /// <summary>
    /// What an instance serves from Redis that has just started, and has not heard what happened: it must go by what
    /// the group left there. It does not trust at once what is older than itself, so it must serve the canary first,
    /// which the other nodes have put there, and which a message that concerns no key makes older than the start.
    /// </summary>
    private async Task<IReadOnlyList<StoredVersion>> ServedToFreshAsync(
        int service,
        CancellationToken cancellationToken
    )
    {
        if (options.Mode == CacheMode.Ttl)
        {
            // A fresh one knows as much as any other.
            using var any = await NodeConnection.OpenAsync(
                nodes[service * StalenessOptions.InstancesPerService].Port,
                cancellationToken
            );
            return await any.L2Async(cancellationToken);
        }

        await publisher.PublishAsync(
            new Publication(new DealershipCreated(), "audit", "All is quiet."),
            cancellationToken
        );
        await using var fresh = new NodeSlot(
            service,
            string.Create(CultureInfo.InvariantCulture, $"fresh{_audits}"),
            redis,
            options
        );
        await fresh.StartAsync(cancellationToken);
        using var connection = await NodeConnection.OpenAsync(fresh.Port, cancellationToken);
        await Eventually.Until(
            () => connection.L2Async(cancellationToken),
            served => served.Any(entry => entry.Key == _keys.Canary),
            Limit,
            cancellationToken
        );

        // Again: what was read before the canary may have been refused for being old.
        return await connection.L2Async(cancellationToken);
    }

    private async Task<IReadOnlyList<long>> SourceAsync() =>
        [
            .. (await database.StringGetAsync([.. _keys.All.Select(key => (RedisKey)KeySpace.Source(key))])).Select(
                version => version.IsNull ? 0 : long.Parse((string)version!, CultureInfo.InvariantCulture)
            ),
        ];
}
