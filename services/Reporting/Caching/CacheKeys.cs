using System.Globalization;

namespace RedisFlow.Reporting.Caching;

/// <summary>What this service caches, and under which keys.</summary>
internal static class CacheKeys
{
    /// <summary>The prefix of every page of the list.</summary>
    public const string Lists = "companies";

    /// <summary>One company's report.</summary>
    public static string Report(long companyId) =>
        string.Create(CultureInfo.InvariantCulture, $"company:{companyId}:report");

    /// <summary>The ids on one page of the list.</summary>
    public static string Page(int page, int pageSize) =>
        string.Create(CultureInfo.InvariantCulture, $"{Lists}:page:{page}:{pageSize}");
}
