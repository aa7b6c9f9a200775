using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using RedisFlow.Streams.Threading;

namespace RedisFlow.Streams.Consuming.Pending;

/// <summary>
/// Renews the leases of what the worker holds, and takes what is to be tried again. Runs until everything else has
/// ended.
/// </summary>
internal sealed class LeaseKeeper(
    ConsumerIdentity identity,
    PendingList pending,
    ConsumerStateMachine core,
    AsyncSignal changed,
    StreamMetrics metrics,
    TimeProvider time,
    ILogger logger
)
{
    private const int PageSize = 256;

    private readonly Backoff _backoff = new(time);

    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var due = core.TakeDueWork();
            try
            {
                await RenewAsync(due.Renew, end).ConfigureAwait(false);
                await RetryAsync(due.Retry, end).ConfigureAwait(false);
                _backoff.Reset();
                var rest = due.Next - time.GetElapsedTime(began);
                await changed.WaitAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, end).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
            // Without renewals the worker would lose all it holds; it tries again, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LeaseRenewalFailed(exception, identity.Stream, identity.Group);
                await _backoff.DelayAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RenewAsync(IReadOnlyList<MessagePosition> positions, CancellationToken end)
    {
        foreach (var page in positions.Chunk(PageSize))
        {
            var asked = time.GetTimestamp();
            var owned = await RenewAsync(page, end).ConfigureAwait(false);
            var lost = core.Renewed(asked, owned, page.Except(owned));
            if (lost > 0)
            {
                metrics.LeasesLost(identity.Group, lost);
                logger.LeasesLost(identity.Stream, identity.Group, lost);
            }
        }
    }

    private async Task<IReadOnlyList<MessagePosition>> RenewAsync(MessagePosition[] page, CancellationToken end)
    {
        try
        {
            return await pending.RenewAsync(page, end).ConfigureAwait(false);
        }
        catch (Exception exception) when (identity.IsParked && RedisFaults.IsMissingGroup(exception))
        {
            // Another worker settled the last parked message, and with it went all.
            return [];
        }
    }

    private async Task RetryAsync(IReadOnlyList<InFlightMessage> retries, CancellationToken end)
    {
        foreach (var sameKind in retries.GroupBy(held => held.CountsNextDelivery))
        {
            foreach (var page in sameKind.Chunk(PageSize))
            {
                await RetryAsync(page, sameKind.Key, end).ConfigureAwait(false);
            }
        }
    }

    private async Task RetryAsync(InFlightMessage[] retries, bool countDelivery, CancellationToken end)
    {
        var asked = time.GetTimestamp();
        Dictionary<MessagePosition, long> taken;
        try
        {
            var entries = await pending
                .TakeAsync([.. retries.Select(held => held.Position)], countDelivery, end)
                .ConfigureAwait(false);
            taken = entries.ToDictionary(entry => entry.Position, entry => entry.Deliveries);
        }
        catch (Exception exception) when (RedisFaults.IsMissingGroup(exception))
        {
            // The healed group delivers them again.
            taken = [];
        }

        foreach (var held in retries)
        {
            if (taken.TryGetValue(held.Position, out var deliveryCount))
            {
                core.Retaken(held, deliveryCount, asked);
            }
            else
            {
                core.NotRetaken(held);
            }
        }
    }
}
