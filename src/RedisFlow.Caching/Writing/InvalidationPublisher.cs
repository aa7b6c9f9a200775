using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Policies;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Writing;

/// <summary>Tells every instance with one message what is stale; this one does not wait to hear it.</summary>
/// <param name="publisher">The stream.</param>
/// <param name="log">What was invalidated.</param>
/// <param name="l1">Memory.</param>
/// <param name="l2">Redis.</param>
/// <param name="service">The service whose cache it is.</param>
internal sealed class InvalidationPublisher(
    IStreamPublisher publisher,
    InvalidationLog log,
    L1Cache l1,
    L2Cache l2,
    string service
)
{
    /// <summary>Publishes an invalidation, if it names anything, and applies it here.</summary>
    /// <returns>The message's position.</returns>
    /// <exception cref="StreamPublishException">The message could not be published; nothing was dropped for
    /// sure.</exception>
    public async ValueTask<MessagePosition> PublishAsync(
        CacheInvalidation invalidation,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(invalidation);
        Validate(invalidation.Keys, "key");
        Validate(invalidation.Prefixes, "prefix");
        Validate(invalidation.Tags, "tag");
        if (invalidation.Keys.Count == 0 && !InvalidationRules.IsBulk(invalidation))
        {
            return log.Applied;
        }

        var position = await publisher.PublishAsync(MessageOf(invalidation), cancellationToken).ConfigureAwait(false);

        // At once: the tail will say it again, which changes nothing then. Redis is left to the group: what is there is
        // refused here from now on, as everywhere where the message was heard, and those that start later trust nothing
        // from before what the group has handled.
        l1.Apply(invalidation, position);
        return position;

        static void Validate(IEnumerable<string> names, string what)
        {
            foreach (var name in names)
            {
                CacheKey.Validate(name, what, nameof(invalidation));
            }
        }
    }

    /// <summary>
    /// Publishes that a key is stale together with its new entry, which is stored if nothing came between.
    /// </summary>
    /// <inheritdoc cref="L2Cache.StoreWithMessageAsync"/>
    public async Task<(MessagePosition Position, bool IsStored)> PublishWithEntryAsync(
        string key,
        L2Entry entry,
        LoadTicket ticket,
        EntryPlan plan,
        CancellationToken cancellationToken
    )
    {
        var invalidation = Invalidation.Key(key);
        var written = await l2.StoreWithMessageAsync(
                publisher,
                MessageOf(invalidation),
                key,
                entry,
                plan.Policy.FailSafe,
                plan.Compresses,
                cancellationToken
            )
            .ConfigureAwait(false);
        l1.Apply(invalidation, written.Position);
        if (written.IsStored)
        {
            log.Follow(ticket, written.Position);
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
            Headers = new Dictionary<string, string> { [InvalidationResolver.CacheHeader] = service },
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
}
