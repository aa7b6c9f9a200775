using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of all instances at one moment, and every change after it. For one reader.</summary>
internal sealed class ResourceSubscription(ChannelReader<ResourceEvent> changes, IReadOnlyList<ResourceEvent> current, Action end)
    : IDisposable
{
    /// <summary>The most changes handed to the reader at once.</summary>
    private const int MaxBatch = 100;

    public IReadOnlyList<ResourceEvent> Current => current;

    /// <summary>Each change once, each instance's in their order; those that came together, together.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ResourceEvent>> ReadBatchesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The channel was open before the current states were taken: a change may be in both, and its version tells.
        var versions = current.ToDictionary(known => known.ResourceId, known => known.Snapshot.Version);
        while (await changes.WaitToReadAsync(cancellationToken))
        {
            var batch = new List<ResourceEvent>();
            while (batch.Count < MaxBatch && changes.TryRead(out var change))
            {
                if (change.Snapshot.Version > versions.GetValueOrDefault(change.ResourceId))
                {
                    batch.Add(change);
                }
            }

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
    }

    public void Dispose() => end();
}
