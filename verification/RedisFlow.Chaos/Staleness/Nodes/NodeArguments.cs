namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>What a node is started with.</summary>
/// <param name="Connection">Redis, or the proxy before it.</param>
/// <param name="Service">Its service, which is its group as well.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Mode">What it caches with.</param>
/// <param name="Fault">The fault that it has on purpose.</param>
/// <param name="Seed">From which it draws how long loads take.</param>
/// <param name="Keys">How many keys there are.</param>
/// <param name="Blindness">How long it serves although it cannot hear.</param>
/// <param name="Expiry">How long entries live in mode <see cref="CacheMode.Ttl"/>.</param>
internal sealed record NodeArguments(
    string Connection,
    string Service,
    string Instance,
    CacheMode Mode,
    CacheFault Fault,
    int Seed,
    int Keys,
    TimeSpan Blindness,
    TimeSpan Expiry
);
