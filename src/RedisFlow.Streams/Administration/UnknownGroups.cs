using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Administration;

/// <summary>Refuses groups that the stream does not have, and says which ones it has.</summary>
internal sealed class UnknownGroups(
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] IStreamMonitor monitor
)
{
    /// <summary>Whether the group is declared or exists.</summary>
    public async Task<bool> IsKnownAsync(string group, CancellationToken cancellationToken) =>
        (await monitor.GetSnapshotAsync(cancellationToken).ConfigureAwait(false)).Groups.Any(known =>
            known.Name == group
        );

    public async Task<ArgumentException> ExceptionAsync(string group, CancellationToken cancellationToken)
    {
        var snapshot = await monitor.GetSnapshotAsync(cancellationToken).ConfigureAwait(false);
        var existing = snapshot.Groups.Where(known => known.Exists).Select(known => known.Name).ToArray();
        var hint =
            existing.Length == 0
                ? "it has none yet; groups are created when an application that declares them (Streams:Groups) starts"
                : $"it has: {string.Join(", ", existing)}";
        return new ArgumentException($"The stream {stream.Name} has no group '{group}'; {hint}.", nameof(group));
    }
}
