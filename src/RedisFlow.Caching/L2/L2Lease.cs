using System.Security.Cryptography;
using RedisFlow.Caching.Scripts;
using StackExchange.Redis;

namespace RedisFlow.Caching.L2;

/// <summary>
/// The right to load a key, among all processes of the service: who has it loads, the others wait for what it stores.
/// It only spares loads, and whether an entry is valid does not depend on it: without Redis every process has it, and
/// none is held up.
/// </summary>
internal sealed class L2Lease(L2Cache l2, CachingOptions options, TimeProvider time)
{
    private const int TokenLength = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly L2Keys _keys = new(options.Service, options.Version);

    /// <summary>Takes the lease of a key.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="length">When it ends by itself, if its holder does not release it: a load should be done by then.
    /// At least 1 ms.</param>
    /// <returns>The lease, to be released after the entry was stored; <c>null</c> if another has it.</returns>
    public async Task<LoadLease?> TryAcquireAsync(string key, TimeSpan length)
    {
        var lease = new LoadLease(_keys.Lease(key), RandomNumberGenerator.GetBytes(TokenLength));
        var answer = await l2.AskAsync("take lease", lease.Key, AcquireAsync, (Lease: lease, Length: length))
            .ConfigureAwait(false);

        // Where Redis did not answer, the lease may have been taken all the same; releasing it then does no harm.
        return answer.Exception is not null || answer.Result is true ? lease : null;
    }

    /// <summary>Gives a lease back, if it has not ended. Never fails: what is not released ends by itself.</summary>
    public async Task ReleaseAsync(LoadLease lease) =>
        await l2.AskAsync("release lease", lease.Key, GiveBackAsync, lease).ConfigureAwait(false);

    /// <summary>
    /// Waits until the holder of the lease has stored an entry. Asks Redis after 5 ms, then after twice as long each
    /// time, up to 50 ms; each time up to half less, so that waiters spread out.
    /// </summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="accepts">Whether an entry will do: an old one may be there.</param>
    /// <param name="state">What that needs to know.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public async Task<LeaseWait> WaitForEntryAsync<TState>(
        string key,
        TimeSpan limit,
        Func<TState, L2Entry, bool> accepts,
        TState state,
        CancellationToken cancellationToken = default
    )
    {
        var lease = _keys.Lease(key);
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause / 2 ? 2 * pause : LongestPause)
        {
            // Both are sent at once, and in this order: who releases the lease has stored before.
            var leased = l2.AskAsync("look at lease", lease, IsTakenAsync, lease);
            var entry = await l2.ReadAsync(key).ConfigureAwait(false);
            var isTaken = (await leased.ConfigureAwait(false)).Result is true;
            if (entry is not null && accepts(state, entry))
            {
                return new LeaseWait(LeaseWaitEnd.EntryStored, entry);
            }

            if (!isTaken)
            {
                return new LeaseWait(LeaseWaitEnd.LeaseFree, null);
            }

            var left = limit - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return new LeaseWait(LeaseWaitEnd.LimitReached, null);
            }

            // When it asks is no secret.
#pragma warning disable CA5394
            var jittered = pause * (1 - (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
            await Task.Delay(jittered < left ? jittered : left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // SET NX is one command: of several processes that ask at the same time, one gets it.
    private static async Task<object?> AcquireAsync(IDatabase database, (LoadLease Lease, TimeSpan Length) request) =>
        await database
            .StringSetAsync(request.Lease.Key, request.Lease.Token, request.Length, when: When.NotExists)
            .ConfigureAwait(false);

    private static async Task<object?> GiveBackAsync(IDatabase database, LoadLease lease) =>
        (int)await CacheScripts.ReleaseLease.RunAsync(database, [lease.Key], lease.Token).ConfigureAwait(false) == 1;

    private static async Task<object?> IsTakenAsync(IDatabase database, string key) =>
        await database.KeyExistsAsync(key, CommandFlags.DemandMaster).ConfigureAwait(false);
}

/// <summary>A lease that was taken.</summary>
/// <param name="Key">Its key in Redis.</param>
/// <param name="Token">What tells it from the leases of others.</param>
internal sealed record LoadLease(string Key, byte[] Token);

/// <summary>How a wait for another's load ended.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Entry">The entry, if there is one.</param>
internal readonly record struct LeaseWait(LeaseWaitEnd End, L2Entry? Entry);

/// <summary>Why a wait for another's load ended.</summary>
internal enum LeaseWaitEnd
{
    /// <summary>An entry is there that will do.</summary>
    EntryStored,

    /// <summary>
    /// No process has the lease, and no entry exists: the load failed, or was not stored; or Redis does not answer.
    /// </summary>
    LeaseFree,

    /// <summary>The load takes longer than this caller waits.</summary>
    LimitReached,
}
