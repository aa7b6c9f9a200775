using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// Commits a change together with its message in one MULTI/EXEC, guarded by the versions that it was computed from.
/// When another write came first, the change is computed again from the new state, until <see cref="Deadline"/>. Writes
/// of this instance that lost once try again one after the other: if all tried at once, each round would have one
/// winner, and the work would grow with the square of their number.
/// </summary>
internal sealed class OptimisticWriter(IConnectionMultiplexer redis, IStreamPublisher publisher, TimeProvider time)
    : IDisposable
{
    /// <summary>How long a write competes with others before it gives up.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _losers = new(1, 1);

    /// <summary>Reads, decides and commits.</summary>
    /// <param name="decide">Reads the state and says what to do. Called again for each attempt, so it must have no side
    /// effects.</param>
    /// <param name="cancellationToken">Cancels the attempt. A transaction that was sent may be committed
    /// nevertheless.</param>
    /// <exception cref="WriteContentionException">Others were faster until the deadline.</exception>
    public async Task<WriteResult<T>> WriteAsync<T>(
        Func<IDatabase, Task<Change<T>>> decide,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        if (await TryWriteAsync(decide, cancellationToken) is { } result)
        {
            return result;
        }

        var left = Deadline - time.GetElapsedTime(started);
        if (left <= TimeSpan.Zero || !await _losers.WaitAsync(left, cancellationToken))
        {
            throw new WriteContentionException(1);
        }

        try
        {
            return await WriteInTurnAsync(decide, started, cancellationToken);
        }
        finally
        {
            _losers.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _losers.Dispose();

    private async Task<WriteResult<T>> WriteInTurnAsync<T>(
        Func<IDatabase, Task<Change<T>>> decide,
        long started,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 2; ; attempt++)
        {
            if (await TryWriteAsync(decide, cancellationToken) is { } result)
            {
                return result;
            }

            if (time.GetElapsedTime(started) > Deadline)
            {
                throw new WriteContentionException(attempt);
            }

            // The jitter keeps the losers of several instances from meeting again in the next round.
            await Task.Delay(
                TimeSpan.FromMilliseconds(Random.Shared.Next(1, 4 + Math.Min(attempt, 12))),
                time,
                cancellationToken
            );
        }
    }

    /// <summary>Reads, decides and commits once.</summary>
    /// <returns>The result; <c>null</c> if another write came first.</returns>
    private async Task<WriteResult<T>?> TryWriteAsync<T>(
        Func<IDatabase, Task<Change<T>>> decide,
        CancellationToken cancellationToken
    )
    {
        var database = redis.GetDatabase();
        var change = await decide(database).WaitAsync(cancellationToken);
        if (change.Status is not (WriteStatus.Committed or WriteStatus.Stale))
        {
            return new WriteResult<T>(change.Status, default, MessagePosition.Beginning);
        }

        return
            change.Publication is { } publication
            && await CommitAsync(database, change, publication, cancellationToken) is { } position
            ? new WriteResult<T>(WriteStatus.Committed, change.Value, position)
            : null;
    }

    private async Task<MessagePosition?> CommitAsync<T>(
        IDatabase database,
        Change<T> change,
        Publication publication,
        CancellationToken cancellationToken
    )
    {
        var transaction = database.CreateTransaction();
        var commands = change.Queue(transaction);
        var position = publisher.EnlistAsync(transaction, publication);
        if (!await transaction.ExecuteAsync().WaitAsync(cancellationToken))
        {
            return null;
        }

        await Task.WhenAll(commands).WaitAsync(cancellationToken);
        return await position.WaitAsync(cancellationToken);
    }
}
