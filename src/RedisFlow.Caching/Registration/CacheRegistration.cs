namespace RedisFlow.Caching.Registration;

/// <summary>Says that a cache is registered, under which key.</summary>
/// <param name="Key">The key; empty for the default cache.</param>
internal sealed record CacheRegistration(string Key)
{
    public const string DefaultKey = "";
}
