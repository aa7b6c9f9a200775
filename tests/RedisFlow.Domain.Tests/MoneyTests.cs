using System.Globalization;

namespace RedisFlow.Domain.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("EUR", true)]
    [InlineData("USD", true)]
    [InlineData("eur", false)]
    [InlineData("EU", false)]
    [InlineData("EURO", false)]
    [InlineData("ÄUR", false)]
    [InlineData("E1R", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_currency_code_is_three_capital_letters(string? code, bool valid) =>
        Assert.Equal(valid, Money.IsCurrencyCode(code));

    [Theory]
    [InlineData(0, "0.00")]
    [InlineData(1, "49.90")]
    [InlineData(3, "149.70")]
    [InlineData(1_000, "49900.00")]
    public void A_price_times_a_quantity_is_exact_and_keeps_its_decimals(int quantity, string expected)
    {
        var total = new Money(49.90m, "EUR").Times(quantity);
        Assert.Equal(expected, total.Amount.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("EUR", total.Currency);
    }

    [Fact]
    public void The_text_is_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal("49.90 EUR", new Money(49.90m, "EUR").ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Amounts_are_equal_only_in_the_same_currency()
    {
        Assert.Equal(new Money(1.5m, "EUR"), new Money(1.50m, "EUR"));
        Assert.NotEqual(new Money(1.5m, "EUR"), new Money(1.5m, "USD"));
    }
}
