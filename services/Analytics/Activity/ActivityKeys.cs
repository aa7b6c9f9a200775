using System.Globalization;

namespace RedisFlow.Analytics.Activity;

/// <summary>
/// The counters' keys in Redis. They share one hash tag, since a batch is counted as a whole or not at all, and in a
/// cluster a script must not cross slots.
/// </summary>
internal static class ActivityKeys
{
    private const string Prefix = "{analytics:activity}:";

    /// <summary>Hash: kind → how many, ever.</summary>
    public static string Total(long companyId) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}company:{companyId}:total");

    /// <summary>Hash: kind → how many on this day (UTC).</summary>
    public static string Day(long companyId, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}company:{companyId}:day:{day:yyyyMMdd}");

    /// <summary>String: the batch's digest, a space, and how many events it counted.</summary>
    public static string Batch(string batchId) => $"{Prefix}batch:{batchId}";
}
