using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching;

/// <summary>What makes two reads wait for the same load.</summary>
internal readonly record struct FlightId(string Key, HybridCacheEntryFlags Flags, Type Type);

/// <summary>
/// One load that several callers wait for. It is cancelled when the last of them has gone, and nobody joins it after that.
/// </summary>
// The token source has neither timer nor wait handle, so there is nothing to dispose of.
#pragma warning disable CA1001
internal abstract class Flight(FillTicket ticket, bool usesCache, string key, string[] tags)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private int _waiting = 1;
    private bool _ended;

    /// <summary>What was known when the load began.</summary>
    public FillTicket Ticket { get; } = ticket;

    /// <summary>Whether the load reads and fills the cache; not while the instance is blind.</summary>
    public bool UsesCache { get; } = usesCache;

    public string Key { get; } = key;

    public string[] Tags { get; } = tags;

    public CancellationToken Abandoned => _abandoned.Token;

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

    /// <summary>The load is over: nothing is left to cancel.</summary>
    protected void End()
    {
        lock (_gate)
        {
            _ended = true;
        }
    }
}

/// <inheritdoc/>
internal sealed class Flight<T>(FillTicket ticket, bool usesCache, string key, string[] tags) : Flight(ticket, usesCache, key, tags)
{
    private readonly TaskCompletionSource<Loaded<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Complete(Loaded<T> loaded)
    {
        End();
        _completion.TrySetResult(loaded);
    }

    public void Fail(Exception exception)
    {
        End();
        _completion.TrySetException(exception);

        // Observed: perhaps every caller has gone.
        _ = _completion.Task.Exception;
    }

    /// <summary>Waits for the load, for as long as the caller wants to.</summary>
    public async Task<Loaded<T>> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _completion.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave();
        }
    }
}

/// <summary>The result of a load.</summary>
/// <param name="Value">The value: for the caller that started the load, and for all if it is immutable.</param>
/// <param name="Payload">Its serialized form, from which the other callers get values of their own; <c>null</c> if there is none.</param>
/// <param name="Outcome">Where it was found.</param>
internal readonly record struct Loaded<T>(T Value, ReadOnlyMemory<byte>? Payload, CacheOutcome Outcome);
