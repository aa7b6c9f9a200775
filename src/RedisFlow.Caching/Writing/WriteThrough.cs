using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Storing;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Writing;

/// <summary>Stores values that the caller knows to be current, and drops their keys at all other instances.</summary>
internal sealed class WriteThrough(
    PolicyTable policies,
    LoadTickets tickets,
    PayloadEncoder encoder,
    InvalidationPublisher publisher,
    EntryWriter writer,
    L1Writer l1,
    L2Cache l2,
    IStreamTail tail,
    CachingOptions options,
    IFillObserver observer
)
{
    /// <summary>
    /// Stores a value: at best in one round trip, message and value together; else once this instance has heard its own
    /// message, if nothing else that matches the key came before it. Otherwise the key is dropped all the same.
    /// </summary>
    public async ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? call,
        IEnumerable<string>? tags,
        CancellationToken cancellationToken
    )
    {
        CacheKey.Validate(key, "key", nameof(key));
        var validTags = EntryTags.Validate(tags);
        var ticket = tickets.Take(key);
        var plan = new EntryPlan(policies.Of(key), call);
        var encoded = encoder.Encode(key, value);
        if (!writer.MayStore(key, encoded, plan, out var lifetime))
        {
            await publisher.PublishAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false);
            return;
        }

        var (position, isStored) = MayPublishWithEntry(key, validTags, ticket, plan)
            ? await publisher
                .PublishWithEntryAsync(
                    key,
                    writer.ForL2(validTags, encoded.Payload, ticket.AsOf, lifetime),
                    ticket,
                    plan,
                    cancellationToken
                )
                .ConfigureAwait(false)
            : (await publisher.PublishAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false), false);
        await observer.AtAsync(FillStage.Announced, key).ConfigureAwait(false);

        // The value is as of its own message; that nothing came between is what the ticket's older position proves.
        var own = ticket with
        {
            Own = position,
        };
        if (isStored)
        {
            l1.TryStore(key, validTags, encoded, own, position, plan, lifetime);
            return;
        }

        if (!tickets.MayStore(ticket) || !await HasHeardAsync(position, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await observer.AtAsync(FillStage.Heard, key).ConfigureAwait(false);
        if (writer.Store(key, validTags, encoded, own, position, plan, lifetime) is { } toStore)
        {
            await observer.AtAsync(FillStage.L1Stored, key).ConfigureAwait(false);
            await writer.StoreInL2Async(key, toStore, ticket, plan).ConfigureAwait(false);
            await observer.AtAsync(FillStage.L2Stored, key).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether an entry may be written together with its message: Redis can, and what this instance knows is worth
    /// asking Redis about.
    /// </summary>
    private bool MayPublishWithEntry(string key, string[] tags, in LoadTicket ticket, EntryPlan plan) =>
        tickets.MayStore(ticket)
        && !plan.Has(HybridCacheEntryFlags.DisableDistributedCacheWrite)
        && l2.CanStoreWithMessage(key, tags);

    private async Task<bool> HasHeardAsync(MessagePosition position, CancellationToken cancellationToken)
    {
        // Cancelled when the time is over, so that the tail does not keep a waiter that no caller awaits.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RedisTimeout);
        try
        {
            await tail.WaitUntilAppliedAsync(position, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
