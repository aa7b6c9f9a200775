namespace RedisFlow.Caching.Tests;

/// <summary>Names that no other test uses: each service has keys of its own.</summary>
public static class ServiceNames
{
    public static string New() => "test-" + Guid.NewGuid().ToString("N");
}
