namespace RedisFlow.Services.Tests.Consumers;

public sealed class PricingTests(RunningSystem system)
{
    [Theory]
    [InlineData("Pricing:PricePerDealership", "-0.01", "e.g. 49.90")]
    [InlineData("Pricing:PricePerDealership", "1000000.01", "e.g. 49.90")]
    [InlineData("Pricing:PricePerDealership", "0.00001", "e.g. 49.90")]
    [InlineData("Pricing:Currency", "Euro", "e.g. \"EUR\"")]
    [InlineData("Pricing:Currency", "eur", "e.g. \"EUR\"")]
    public async Task A_wrong_price_stops_the_start_and_is_named_with_an_example(
        string setting,
        string value,
        string example
    )
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            system.StartAsync("Billing", (setting, value))
        );
        Assert.Contains($"{setting} must be", failure.Message, StringComparison.Ordinal);
        Assert.Contains(example, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_price_is_billed()
    {
        var company = await system.CreateCompanyAsync();
        await system.CreateDealershipAsync(company);
        await using var billing = await system.StartAsync(
            "Billing",
            ("Pricing:PricePerDealership", "12.5"),
            ("Pricing:Currency", "CHF")
        );

        var total = (await billing.GetAsync(Paths.Preview(company), Paths.Billing)).Json.GetProperty("total");

        Assert.Equal(12.5m, total.GetProperty("amount").GetDecimal());
        Assert.Equal("CHF", total.GetProperty("currency").GetString());
    }
}
