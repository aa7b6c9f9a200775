namespace RedisFlow.Caching.Policies;

/// <summary>
/// The policies of a cache, chosen by the longest prefix that ends before a <c>:</c> or at the key's end.
/// </summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<string, KeyPolicy> _byPrefix;
    private readonly Dictionary<string, KeyPolicy>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly KeyPolicy _rest;

    public PolicyTable(CachingOptions options)
    {
        _byPrefix = options
            .Policies.Select(pair => new KeyPolicy(pair.Key, pair.Value, options))
            .ToDictionary(policy => policy.KeyPrefix, StringComparer.Ordinal);
        if (!_byPrefix.Remove("", out var rest))
        {
            rest = new KeyPolicy(KeyPolicy.DefaultName, new CachePolicy(), options);
        }

        _rest = rest;
        _lookup = _byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
        All = [.. _byPrefix.Values.OrderBy(policy => policy.KeyPrefix, StringComparer.Ordinal), _rest];
    }

    /// <summary>All policies; the one for the rest of the keys last.</summary>
    public IReadOnlyList<KeyPolicy> All { get; }

    /// <summary>The policy of a key.</summary>
    public KeyPolicy Of(ReadOnlySpan<char> key)
    {
        if (_byPrefix.Count == 0)
        {
            return _rest;
        }

        for (var end = key.Length; end > 0; end = key[..end].LastIndexOf(':'))
        {
            if (_lookup.TryGetValue(key[..end], out var policy))
            {
                return policy;
            }
        }

        return _rest;
    }
}
