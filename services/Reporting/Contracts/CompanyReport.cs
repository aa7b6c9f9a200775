using System.ComponentModel;

namespace RedisFlow.Reporting.Contracts;

/// <summary>A report on one company; also the form in which it is cached.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="Name">Its name.</param>
/// <param name="DealershipCount">How many dealerships it has.</param>
/// <param name="CompanyVersion">The version of the company that the report was made from.</param>
/// <param name="GeneratedAt">When the report was made.</param>
[ImmutableObject(true)] // The cache may hand the same instance to every reader.
internal sealed record CompanyReport(
    long CompanyId,
    string Name,
    int DealershipCount,
    long CompanyVersion,
    DateTimeOffset GeneratedAt
);
