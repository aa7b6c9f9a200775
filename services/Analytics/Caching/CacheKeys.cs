using System.Globalization;

namespace RedisFlow.Analytics.Caching;

/// <summary>What this service caches, and under which keys.</summary>
internal static class CacheKeys
{
    /// <summary>The figures over all companies.</summary>
    public const string Summary = "summary";

    /// <summary>A company's name.</summary>
    public static string Company(long id) => string.Create(CultureInfo.InvariantCulture, $"company:{id}");

    /// <summary>What happened to a company. A prefix of its own, since a policy of its own holds for it.</summary>
    public static string Activity(long companyId) =>
        string.Create(CultureInfo.InvariantCulture, $"activity:{companyId}");

    /// <summary>The figures of a company's dealerships.</summary>
    public static string Dealerships(long companyId) =>
        string.Create(CultureInfo.InvariantCulture, $"company:{companyId}:dealerships");
}
