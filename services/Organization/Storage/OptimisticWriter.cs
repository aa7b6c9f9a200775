using RedisFlow.ServiceDefaults.Redis;
using RedisFlow.Streams;
using StackExchange.Redis;
using StreamPosition = RedisFlow.Streams.StreamPosition;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// Commits a change together with its message in one MULTI/EXEC, guarded by the versions that it was computed from. When another
/// write came first, the change is computed anew from the new state, until <see cref="Deadline"/>.
/// </summary>
internal sealed class OptimisticWriter(IConnectionMultiplexer redis, IStreamPublisher publisher, TimeProvider time)
{
    /// <summary>How long a write competes with others before it gives up.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Reads, decides and commits.</summary>
    /// <param name="decide">Reads the state and says what to do. Called again for each attempt, so it must have no side effects.</param>
    /// <param name="cancellationToken">Cancels the attempt. A transaction that was sent may be committed nevertheless.</param>
    /// <exception cref="WriteContentionException">Others were faster until the deadline.</exception>
    public async Task<WriteResult<T>> WriteAsync<T>(
        Func<IDatabase, Task<Change<T>>> decide,
        CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var database = redis.GetDatabase();
            var change = await decide(database).WithinRedisTimeout(cancellationToken);
            if (change.Status is not (WriteStatus.Committed or WriteStatus.Stale))
            {
                return new WriteResult<T>(change.Status, default, StreamPosition.Beginning);
            }

            if (change.Publication is { } publication
                && await CommitAsync(database, change, publication, cancellationToken) is { } position)
            {
                return new WriteResult<T>(WriteStatus.Committed, change.Value, position);
            }

            if (time.GetElapsedTime(started) > Deadline)
            {
                throw new WriteContentionException(attempt + 1);
            }

            // The jitter keeps the losers of one round from meeting again in the next.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 4 + Math.Min(attempt, 12))), time, cancellationToken);
        }
    }

    private async Task<StreamPosition?> CommitAsync<T>(
        IDatabase database, Change<T> change, Publication publication, CancellationToken cancellationToken)
    {
        var transaction = database.CreateTransaction();
        var commands = change.Queue(transaction);
        var position = publisher.EnlistAsync(transaction, publication);
        if (!await transaction.ExecuteAsync().WithinRedisTimeout(cancellationToken))
        {
            return null;
        }

        await Task.WhenAll(commands).WithinRedisTimeout(cancellationToken);
        return await position.WithinRedisTimeout(cancellationToken);
    }
}
