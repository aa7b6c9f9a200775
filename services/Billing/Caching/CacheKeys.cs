using System.Globalization;

namespace RedisFlow.Billing.Caching;

/// <summary>What this service caches, and under which keys.</summary>
internal static class CacheKeys
{
    /// <summary>A company's name.</summary>
    public static string Company(long id) => string.Create(CultureInfo.InvariantCulture, $"company:{id}");

    /// <summary>A company's dealerships: the lines of its invoice.</summary>
    public static string Dealerships(long companyId) =>
        string.Create(CultureInfo.InvariantCulture, $"company:{companyId}:dealerships");

    /// <summary>What a user may do here.</summary>
    public static string Permissions(long userId) =>
        string.Create(CultureInfo.InvariantCulture, $"user:{userId}:permissions");
}
