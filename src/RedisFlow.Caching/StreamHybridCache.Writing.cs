using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

// Changing: one message tells every instance; this one does not wait to hear it.
public sealed partial class StreamHybridCache
{
    /// <summary>
    /// Stores a value that the caller knows to be current, and drops the key at all other instances: at best in one
    /// round trip, message and value together. Where the stream has something that this instance has not heard yet, the
    /// value may be older than what was announced there. Then it is stored only if this instance hears its own message
    /// within <see cref="CachingOptions.RedisTimeout"/>, and nothing else that matches the key before it; else the next
    /// read loads. A value that cannot be serialized and read back, or that is larger than
    /// <see cref="CachingOptions.MaxPayloadBytes"/>, is not stored either: the log says so, once for each key, and the
    /// metric <c>redisflow.cache.not_cached</c> counts it. The key is dropped all the same.
    /// </summary>
    /// <exception cref="StreamPublishException">The other instances could not be told; nothing was stored for
    /// sure.</exception>
    /// <inheritdoc/>
    public override async ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default
    )
    {
        CacheKey.Validate(key, "key", nameof(key));
        var validTags = EntryTags.Validate(tags);
        var ticket = _tickets.Take(key);
        var plan = new EntryPlan(_policies.Of(key), options);
        var encoded = _encoder.Encode(key, value);
        if (!_writer.MayStore(key, encoded, plan, out var lifetime))
        {
            await InvalidateAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false);
            return;
        }

        var (position, isStored) = MayStoreWithMessage(key, validTags, ticket, plan)
            ? await StoreWithMessageAsync(
                    key,
                    _writer.ForL2(validTags, encoded.Payload, ticket.AsOf, lifetime),
                    ticket,
                    plan,
                    cancellationToken
                )
                .ConfigureAwait(false)
            : (await InvalidateAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false), false);
        await ProbeAsync(FillStage.Announced, key).ConfigureAwait(false);

        // The value is as of its own message; that nothing came between is what the ticket's older position proves.
        var own = ticket with
        {
            Own = position,
        };
        if (isStored)
        {
            _l1Writer.TryStore(key, validTags, encoded, own, position, plan, lifetime);
            return;
        }

        if (
            !ticket.TailHadStarted
            || _tickets.IsBlind
            || !await HasHeardAsync(position, cancellationToken).ConfigureAwait(false)
        )
        {
            return;
        }

        await ProbeAsync(FillStage.Heard, key).ConfigureAwait(false);
        if (_writer.Store(key, validTags, encoded, own, position, plan, lifetime) is { } toStore)
        {
            await ProbeAsync(FillStage.L1Stored, key).ConfigureAwait(false);
            await _writer.StoreInL2Async(key, toStore, ticket, plan).ConfigureAwait(false);
            await ProbeAsync(FillStage.L2Stored, key).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Drops a key at all instances of the service. When this returns, this instance serves nothing that was cached
    /// before, not even to those who would have joined a load in flight; the others follow when they hear the message.
    /// </summary>
    /// <exception cref="StreamPublishException">The message could not be published; nothing was dropped for
    /// sure.</exception>
    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(key, "key", nameof(key));
        await InvalidateAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops keys with one message; none, as of <c>null</c>, are nothing to do. See
    /// <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        await InvalidateAsync(Invalidation.Of(keys: keys), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops every entry with the tag at all instances of the service, see
    /// <see cref="RemoveAsync(string, CancellationToken)"/>; <c>*</c> drops everything.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(tag, "tag", nameof(tag));
        await InvalidateAsync(Invalidation.Tag(tag), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops the entries of several tags with one message; none, as of <c>null</c>, are nothing to do. See
    /// <see cref="RemoveByTagAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveByTagAsync(
        IEnumerable<string> tags,
        CancellationToken cancellationToken = default
    )
    {
        await InvalidateAsync(Invalidation.Of(tags: tags), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops every key under a prefix at all instances of the service, see <see cref="Invalidation.Prefix"/> and
    /// <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    public async ValueTask RemoveByPrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(prefix, "prefix", nameof(prefix));
        await InvalidateAsync(Invalidation.Prefix(prefix), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops several things at once with one message, see <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <returns>The message's position: an instance that has applied it serves nothing of what was dropped.</returns>
    /// <exception cref="StreamPublishException">The message could not be published; nothing was dropped for
    /// sure.</exception>
    public async ValueTask<MessagePosition> InvalidateAsync(
        CacheInvalidation invalidation,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(invalidation);
        foreach (
            var (names, what) in new[]
            {
                (invalidation.Keys, "key"),
                (invalidation.Prefixes, "prefix"),
                (invalidation.Tags, "tag"),
            }
        )
        {
            foreach (var name in names)
            {
                CacheKey.Validate(name, what, nameof(invalidation));
            }
        }

        if (invalidation.Keys.Count == 0 && !InvalidationRules.IsBulk(invalidation))
        {
            return _log.Applied;
        }

        var position = await _publisher.PublishAsync(MessageOf(invalidation), cancellationToken).ConfigureAwait(false);

        await ApplyAsync(invalidation, position).ConfigureAwait(false);
        return position;
    }

    /// <summary>
    /// At once: the tail will say it again, which changes nothing then. Redis is left to the group: what is there is
    /// refused here from now on, as everywhere where the message was heard, and those that start later trust nothing
    /// from before what the group has handled. Without a group, they would.
    /// </summary>
    private Task ApplyAsync(CacheInvalidation invalidation, MessagePosition position)
    {
        _l1.Apply(invalidation, position);
        return _groupCleansL2 ? Task.CompletedTask : _l2.TryInvalidateAsync(invalidation, position);
    }

    /// <summary>
    /// Whether an entry may be written together with its message: Redis can, and what this instance knows is worth
    /// asking Redis about.
    /// </summary>
    private bool MayStoreWithMessage(string key, string[] tags, in LoadTicket ticket, EntryPlan plan) =>
        _tickets.MayStore(ticket)
        && !plan.Has(HybridCacheEntryFlags.DisableDistributedCacheWrite)
        && _l2.CanStoreWithMessage(key, tags);

    private async Task<(MessagePosition Position, bool IsStored)> StoreWithMessageAsync(
        string key,
        L2Entry entry,
        LoadTicket ticket,
        EntryPlan plan,
        CancellationToken cancellationToken
    )
    {
        var invalidation = Invalidation.Key(key);
        var written = await _l2.StoreWithMessageAsync(
                _publisher,
                MessageOf(invalidation),
                key,
                entry,
                plan.Policy.FailSafe,
                plan.Compresses,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (written.IsStored)
        {
            _l1.Apply(invalidation, written.Position);
            _log.Follow(ticket, written.Position);
        }
        else
        {
            await ApplyAsync(invalidation, written.Position).ConfigureAwait(false);
        }

        return written;
    }

    /// <summary>
    /// The message. Without a subject: invalidations need no order, since positions only move forward, so the group
    /// handles them side by side.
    /// </summary>
    private Publication MessageOf(CacheInvalidation invalidation) =>
        new(invalidation, Subject: "", Describe(invalidation))
        {
            // Consumers without a cache have nothing to drop.
            IsOptional = true,
            Headers = new Dictionary<string, string> { [InvalidationResolver.CacheHeader] = _options.Service },
        };

    private static string Describe(CacheInvalidation invalidation)
    {
        if (InvalidationRules.IsEverything(invalidation))
        {
            return "Drop everything cached";
        }

        string[] names =
        [
            .. invalidation.Keys,
            .. invalidation.Prefixes.Select(prefix => prefix + ":*"),
            .. invalidation.Tags.Select(tag => "#" + tag),
        ];
        return names.Length <= 3
            ? $"Drop {string.Join(", ", names)}"
            : $"Drop {string.Join(", ", names.Take(3))} and {names.Length - 3} more";
    }

    private async Task<bool> HasHeardAsync(MessagePosition position, CancellationToken cancellationToken)
    {
        // Cancelled when the time is over, so that the tail does not keep a waiter that no caller awaits.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.RedisTimeout);
        try
        {
            await _tail.WaitUntilAppliedAsync(position, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
