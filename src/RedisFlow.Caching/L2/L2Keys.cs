namespace RedisFlow.Caching.L2;

/// <summary>
/// The cache's keys in Redis: <c>{service}:{version}:{key}</c> for entries and their tombstones,
/// <c>{service}:{version}/epochs</c> for the epochs, <c>{service}:{version}/lease:{key}</c> for the lease of an entry's
/// load. Neither service nor version may contain a slash or a colon: what follows the version tells the kinds apart,
/// whatever the key is.
/// </summary>
internal sealed class L2Keys(string service, string version)
{
    private readonly string _entryPrefix = $"{service}:{version}:";
    private readonly string _leasePrefix = $"{service}:{version}/lease:";

    public string Epochs { get; } = $"{service}:{version}/epochs";

    public string Entry(string key) => _entryPrefix + key;

    public string Lease(string key) => _leasePrefix + key;
}
