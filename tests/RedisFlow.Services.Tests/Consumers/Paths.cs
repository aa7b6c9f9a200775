namespace RedisFlow.Services.Tests.Consumers;

/// <summary>Where the consumers answer, and how tests read their caches.</summary>
internal static class Paths
{
    /// <summary>The sample user who may preview invoices.</summary>
    public static readonly (string, string) Billing = ("X-User-Id", "2");

    public static string Report(long company) => $"api/reports/companies/{company}";

    public static string Figures(long company) => $"api/analytics/companies/{company}";

    public static string Preview(long company) => $"api/billing/companies/{company}/preview";

    /// <summary>Reads until the answer comes from memory.</summary>
    public static Task<Answer> WarmAsync(this ServiceProcess service, string path) =>
        service.GetUntilAsync(path, answer => answer.Cache == "L1", null, Billing);

    /// <summary>
    /// Reads until the answer contains a text; it must not have come from memory then, since the change dropped the
    /// entry.
    /// </summary>
    public static async Task<Answer> ChangedAsync(this ServiceProcess service, string path, string text)
    {
        var answer = await service.GetUntilAsync(
            path,
            answer => answer.Text.Contains(text, StringComparison.Ordinal),
            null,
            Billing
        );
        Assert.True(answer.Cache is "MISS" or "L2", answer.ToString());
        return answer;
    }

    /// <summary>The entry must still be in memory.</summary>
    public static async Task AssertKeptAsync(this ServiceProcess service, string path)
    {
        var answer = await service.GetAsync(path, Billing);
        Assert.True(answer.Cache == "L1", $"{path}: {answer}");
    }
}
