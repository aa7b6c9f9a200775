using RedisFlow.PubSub.Cleaning;
using RedisFlow.Streams;
using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Publishing;

/// <summary>
/// Announces what it publishes on the stream's channel: a single message and one of a transaction in the same step, the
/// others right after they were added. A process that ends in between loses the announcement.
/// </summary>
/// <param name="inner">Adds messages to the stream.</param>
/// <param name="channel">The channel.</param>
/// <param name="stream">The stream's key.</param>
/// <param name="redis">Where it is.</param>
/// <param name="cleaner">Cleans Redis of what this application's caches invalidate; <c>null</c> without a
/// cache.</param>
internal sealed class AnnouncingPublisher(
    IStreamPublisher inner,
    string channel,
    string stream,
    SharedRedis redis,
    L2Cleaner? cleaner
) : IStreamPublisher
{
    /// <inheritdoc/>
    public async Task<MessagePosition> PublishAsync(
        Publication publication,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(publication);
        MessagePosition position;
        if (publication.MessageId is null)
        {
            (position, _) = await inner.PublishAsync(
                PubSubScripts.PublishAnnounced,
                publication,
                [],
                [channel],
                cancellationToken
            );
        }
        else
        {
            position = await inner.PublishAsync(publication, cancellationToken);
            await AnnounceAsync([position]);
        }

        await CleanAsync(publication, position);
        return position;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    )
    {
        IReadOnlyList<MessagePosition> positions;
        try
        {
            positions = await inner.PublishAsync(publications, cancellationToken);
        }
        catch (StreamPublishException exception) when (exception.Confirmed.Count > 0)
        {
            // Its caller does not publish these again.
            await AnnounceAsync(exception.Confirmed);
            throw;
        }

        await AnnounceAsync(positions);
        return positions;
    }

    /// <inheritdoc/>
    public Task<MessagePosition> EnlistAsync(ITransaction transaction, Publication publication)
    {
        // In this order: what is refused is thrown before anything is announced.
        var published = inner.EnlistAsync(transaction, publication);
        var announced = PubSubScripts.Announce.EnlistAsync(transaction, [stream], channel);
        return CommittedAsync();

        async Task<MessagePosition> CommittedAsync()
        {
            var position = await published;
            await ConfirmedAsync(announced, count: 1);
            return position;
        }
    }

    /// <inheritdoc/>
    public async Task<(MessagePosition Position, RedisResult Result)> PublishAsync(
        PublishingScript script,
        Publication publication,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken = default
    )
    {
        var published = await inner.PublishAsync(script, publication, keys, arguments, cancellationToken);
        await AnnounceAsync([published.Position]);
        await CleanAsync(publication, published.Position);
        return published;
    }

    /// <inheritdoc/>
    public Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    ) => inner.PublishAtAsync(publication, due, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> CancelAsync(string messageId, CancellationToken cancellationToken = default) =>
        inner.CancelAsync(messageId, cancellationToken);

    // Not with the caller's token: what is in the stream is announced. The client bounds it.
    private Task AnnounceAsync(IReadOnlyList<MessagePosition> positions)
    {
        if (positions.Count == 0)
        {
            return Task.CompletedTask;
        }

        RedisValue[] arguments = [channel, .. positions.Distinct().Select(position => (RedisValue)position.ToString())];
        var announced = redis.RunAsync(PubSubScripts.Announce, [stream], arguments, CancellationToken.None);
        return ConfirmedAsync(announced, positions.Count);
    }

    private static async Task ConfirmedAsync(Task announced, int count)
    {
        try
        {
            await announced;
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            throw new StreamPublishException(
                $"Redis did not confirm that {count} messages of the stream are announced.",
                [],
                count,
                exception
            );
        }
    }

    // No group does it later: an instance that starts right then would trust what is there.
    private Task CleanAsync(Publication publication, MessagePosition position) =>
        cleaner?.CleanAsync(publication, position) ?? Task.CompletedTask;
}
