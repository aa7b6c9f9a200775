using RedisFlow.Domain;

namespace RedisFlow.Billing.Contracts;

/// <summary>What a company would be billed now.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="CompanyName">Its name.</param>
/// <param name="Lines">One line for each dealership, in id order.</param>
/// <param name="Total">The sum of the lines.</param>
internal sealed record InvoicePreview(
    long CompanyId,
    string CompanyName,
    IReadOnlyList<InvoiceLine> Lines,
    Money Total
);

/// <summary>One line of an invoice.</summary>
/// <param name="DealershipId">The dealership.</param>
/// <param name="DealershipName">Its name.</param>
/// <param name="Price">What it costs.</param>
internal sealed record InvoiceLine(long DealershipId, string DealershipName, Money Price);
