using RedisFlow.Streams;

namespace RedisFlow.Caching.Scripts;

/// <summary>
/// The scripts on the keys of <c>L2Keys</c>. Redis Cluster may put them anywhere: one that takes several keys gets
/// those of one slot. The header of each file says what its script takes and returns, why a retry is safe, and which
/// race it settles.
/// </summary>
internal static class CacheScripts
{
    /// <summary>Stores an entry unless something newer is there.</summary>
    public static RedisScript Fill { get; } = new(Load("fill"));

    /// <summary>Publishes the message that drops a key elsewhere, and stores an entry as of it.</summary>
    public static PublishingScript StoreAnnounced { get; } = new(Load("store_announced"));

    /// <summary>Replaces what invalidations make stale by tombstones.</summary>
    public static RedisScript Invalidate { get; } = new(Load("invalidate"));

    /// <summary>Gives a lease back.</summary>
    public static RedisScript ReleaseLease { get; } = new(Load("release_lease"));

    /// <summary>Moves epochs forward, and merges them where there are too many.</summary>
    public static RedisScript MoveEpochs { get; } = new(Load("move_epochs"));

    private static string Load(string name) => LuaResource.Load(typeof(CacheScripts).Assembly, name);
}
