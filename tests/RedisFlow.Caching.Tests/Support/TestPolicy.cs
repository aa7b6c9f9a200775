using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching.Tests;

/// <summary>Policies for entries that are made by hand.</summary>
internal static class TestPolicy
{
    public static KeyPolicy Default { get; } = new(KeyPolicy.DefaultName, new CachePolicy(), new CachingOptions());
}
