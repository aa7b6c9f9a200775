using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching.Loading;

/// <summary>What makes two reads wait for the same load.</summary>
internal readonly record struct SharedLoadId(string Key, HybridCacheEntryFlags Flags, Type Type);

/// <summary>
/// One load that several callers wait for. It is cancelled when the last of them has gone, unless it was detached, and
/// no caller joins it after that.
/// </summary>
// The token source has neither timer nor wait handle, so there is nothing to dispose of; the timer ends with the load.
#pragma warning disable CA1001
internal abstract class SharedLoad(SharedLoadId id, LoadTicket ticket, bool usesCache, string[] tags, EntryPlan plan)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private ITimer? _limit;
    private int _waiting = 1;
    private bool _ended;
    private volatile bool _hasGivenWay;

    public SharedLoadId Id { get; } = id;

    public string Key => Id.Key;

    /// <summary>What was known when the load began.</summary>
    public LoadTicket Ticket { get; } = ticket;

    /// <summary>Whether the load reads and fills the cache; not while the instance is blind.</summary>
    public bool UsesCache { get; } = usesCache;

    public string[] Tags { get; } = tags;

    /// <summary>How the entry is kept, as the first caller wants it.</summary>
    public EntryPlan Plan { get; } = plan;

    /// <summary>
    /// Whether the load goes to the source at once, since what Redis holds is what is to be replaced.
    /// </summary>
    public bool SkipsL2 { get; init; }

    /// <summary>
    /// When the load began, by the wall clock: tells an entry that another process has just refreshed from the one to
    /// be replaced.
    /// </summary>
    public DateTimeOffset BegunAt { get; init; }

    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>
    /// Whether the load goes on though no caller may be waiting for it: then no caller learns how it ends.
    /// </summary>
    public bool IsDetached
    {
        get
        {
            lock (_gate)
            {
                return _limit is not null;
            }
        }
    }

    /// <summary>
    /// Whether its callers have gone before its end, or it gave way, which was counted then: how it ends says nothing
    /// about the source. Not of a detached one, which ran out of time.
    /// </summary>
    public bool WasAbandoned => Abandoned.IsCancellationRequested && (HasGivenWay || !IsDetached);

    /// <summary>Whether it took too long, and its callers may have been given what another load brought.</summary>
    public bool HasGivenWay => _hasGivenWay;

    /// <summary>From now on the load goes on without callers, for at most this long.</summary>
    public void Detach(TimeSpan limit, TimeProvider time)
    {
        lock (_gate)
        {
            if (_limit is null && !_ended)
            {
                _waiting++;
                _limit = time.CreateTimer(
                    static load => ((SharedLoad)load!).Leave(),
                    this,
                    limit,
                    Timeout.InfiniteTimeSpan
                );
            }
        }
    }

    /// <summary>Whether the load is over, well or not.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>
    /// The loads that this one's factory waits for; see <see cref="NestedLoads"/>, whose lock guards it.
    /// </summary>
    public List<SharedLoad>? WaitsFor { get; set; }

    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_waiting == 0)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_waiting > 0 || _ended)
            {
                return;
            }
        }

        _ = _abandoned.CancelAsync();
    }

    protected void GiveWay()
    {
        _hasGivenWay = true;
        _ = _abandoned.CancelAsync();
    }

    /// <summary>The load is over: nothing is left to cancel.</summary>
    protected void End()
    {
        lock (_gate)
        {
            _ended = true;
            _limit?.Dispose();
        }
    }
}

/// <inheritdoc/>
internal sealed class SharedLoad<T>(SharedLoadId id, LoadTicket ticket, bool usesCache, string[] tags, EntryPlan plan)
    : SharedLoad(id, ticket, usesCache, tags, plan)
{
    private readonly TaskCompletionSource<Loaded<T>> _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>The load's end. A caller that waits for it has to <see cref="SharedLoad.Leave"/>.</summary>
    public Task<Loaded<T>> Completion => _completion.Task;

    /// <summary>
    /// Cancels the load, which takes too long. Who waits for it gets what it brings all the same, or how
    /// <paramref name="other"/> ends, if that is first.
    /// </summary>
    public void GiveWayTo(SharedLoad<T> other)
    {
        GiveWay();
        _ = FollowAsync(other.Completion);
    }

    public void Complete(Loaded<T> loaded)
    {
        End();
        _completion.TrySetResult(loaded);
    }

    public void Fail(Exception exception)
    {
        End();
        if (!HasGivenWay)
        {
            Forward(exception);
        }
    }

    private async Task FollowAsync(Task<Loaded<T>> other)
    {
        try
        {
            _completion.TrySetResult(await other.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            // Not swallowed: those who wait get it.
            Forward(exception);
        }
    }

    private void Forward(Exception exception)
    {
        _completion.TrySetException(exception);

        // Observed: perhaps every caller has gone.
        _ = _completion.Task.Exception;
    }

    /// <summary>Waits until the load has ended, well or not, but not longer than <paramref name="limit"/>.</summary>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="OperationCanceledException">The caller does not want to wait any more.</exception>
    public async Task<bool> EndsWithinAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var ended = ((Task)_completion.Task).WaitAsync(limit, time, cancellationToken);
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return _completion.Task.IsCompleted;
    }
}

/// <summary>The result of a load.</summary>
/// <param name="Value">The value: for the caller that started the load, and for all if it is immutable.</param>
/// <param name="Payload">
/// Its serialized form, from which the other callers get values of their own; <c>null</c> if no such form exists.
/// </param>
/// <param name="Outcome">Where it was found.</param>
internal readonly record struct Loaded<T>(T Value, ReadOnlyMemory<byte>? Payload, CacheOutcome Outcome);
