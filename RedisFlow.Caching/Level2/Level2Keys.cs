namespace RedisFlow.Caching;

/// <summary>
/// The cache's keys in Redis: <c>{service}:{version}:{key}</c> for entries and their tombstones, <c>{service}:{version}/epochs</c> for the
/// epochs. Neither service nor version may contain a slash or a colon, so no entry's key is the epochs' key.
/// </summary>
internal sealed class Level2Keys(string service, string version)
{
    private readonly string _prefix = $"{service}:{version}:";

    public string Epochs { get; } = $"{service}:{version}/epochs";

    public string Entry(string key) => _prefix + key;
}
