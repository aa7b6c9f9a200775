using System.Globalization;

namespace RedisFlow.Domain;

/// <summary>An amount in a currency. Amounts of different currencies are never added.</summary>
/// <param name="Amount">The amount in the currency's main unit, e.g. 49.90.</param>
/// <param name="Currency">The ISO 4217 code, e.g. <c>EUR</c>.</param>
public sealed record Money(decimal Amount, string Currency)
{
    /// <summary>Whether <paramref name="currency"/> has the form of an ISO 4217 code: three capital letters.</summary>
    public static bool IsCurrencyCode(string? currency) =>
        currency is { Length: 3 } && currency.All(char.IsAsciiLetterUpper);

    /// <summary>The price of <paramref name="quantity"/> pieces.</summary>
    public Money Times(int quantity) => this with { Amount = Amount * quantity };

    /// <summary>E.g. <c>49.90 EUR</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");
}
