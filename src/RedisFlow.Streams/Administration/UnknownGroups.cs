using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Streams.Administration;

/// <summary>Refuses groups that the stream does not have, and says which ones it has.</summary>
internal sealed class UnknownGroups([FromKeyedServices] IStreamMonitor monitor)
{
    /// <summary>Whether the group is declared or exists.</summary>
    public async Task<bool> IsKnownAsync(string group, CancellationToken cancellationToken) =>
        (await monitor.GetSnapshotAsync(cancellationToken).ConfigureAwait(false)).Groups.Any(known =>
            known.Name == group
        );

    public async Task<ConsumerGroupNotFoundException> ExceptionAsync(
        string group,
        CancellationToken cancellationToken
    ) => new(await monitor.GetSnapshotAsync(cancellationToken).ConfigureAwait(false), group);
}
