using Microsoft.Extensions.Options;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Billing.Invoicing;

/// <summary>Stops the start when no price can be computed.</summary>
internal sealed class PricingOptionsValidator : IValidateOptions<PricingOptions>
{
    private const decimal MaxPrice = 1_000_000;

    public ValidateOptionsResult Validate(string? name, PricingOptions options)
    {
        var failures = new SettingFailures(PricingOptions.SectionName);
        if (
            options.PricePerDealership is not (>= 0 and <= MaxPrice)
            || decimal.Round(options.PricePerDealership.Value, 4) != options.PricePerDealership
        )
        {
            failures.Add(
                "PricePerDealership",
                "must be a number from 0 to 1000000 with at most four decimals, e.g. 49.90."
            );
        }

        if (!Money.IsCurrencyCode(options.Currency))
        {
            failures.Add("Currency", "must be an ISO 4217 code of three capital letters, e.g. \"EUR\".");
        }

        return failures.Result;
    }
}
