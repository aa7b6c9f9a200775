namespace RedisFlow.Caching;

/// <summary>
/// Observes the cached reads of one asynchronous flow, e.g. of one HTTP request:
/// <code>
/// using var scope = CacheReadScope.Begin();
/// var result = await next(context);
/// response.Headers["X-Cache"] = scope.Outcome.ToString();
/// </code>
/// Scopes nest: an inner scope's reads count for the outer one as well. Without any scope a read pays one memory access
/// for this.
/// </summary>
public sealed class CacheReadScope : IDisposable
{
    private static readonly AsyncLocal<CacheReadScope?> Current = new();

    // How many scopes are open in the process: lets a read skip the lookup of the flow's scope if no scope observes it.
    private static int _openScopes;

    private readonly CacheReadScope? _parent;
    private int _outcome;
    private int _disposed;

    private CacheReadScope(CacheReadScope? parent) => _parent = parent;

    /// <summary>
    /// The worst outcome of the flow's cached reads so far; <see cref="CacheOutcome.None"/> when there was none.
    /// </summary>
    public CacheOutcome Outcome => (CacheOutcome)Volatile.Read(ref _outcome);

    /// <summary>Begins to observe the current asynchronous flow, until the scope is disposed.</summary>
    public static CacheReadScope Begin()
    {
        var scope = new CacheReadScope(Current.Value);
        Interlocked.Increment(ref _openScopes);
        Current.Value = scope;
        return scope;
    }

    /// <summary>Ends the observation. <see cref="Outcome"/> stays readable.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Interlocked.Decrement(ref _openScopes);
            Current.Value = _parent;
        }
    }

    internal static void Record(CacheOutcome outcome)
    {
        if (Volatile.Read(ref _openScopes) == 0)
        {
            return;
        }

        for (var scope = Current.Value; scope is not null; scope = scope._parent)
        {
            scope.Raise((int)outcome);
        }
    }

    private void Raise(int outcome)
    {
        var seen = Volatile.Read(ref _outcome);
        while (outcome > seen)
        {
            var before = Interlocked.CompareExchange(ref _outcome, outcome, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
