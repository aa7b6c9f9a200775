namespace RedisFlow.Billing.Invoicing;

/// <summary>Prices; configuration section <c>Pricing</c>.</summary>
internal sealed class PricingOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Pricing";

    /// <summary>
    /// What one dealership costs, in <see cref="Currency"/>: 0 to 1,000,000 with at most four decimals.
    /// </summary>
    public decimal? PricePerDealership { get; set; }

    /// <summary>The currency: its ISO 4217 code, e.g. <c>EUR</c>.</summary>
    public string? Currency { get; set; }
}
