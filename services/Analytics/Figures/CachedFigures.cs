using System.ComponentModel;

namespace RedisFlow.Analytics.Figures;

/// <summary>
/// The cached name of a company. Nothing else of the company is in it, so that only a new name makes it stale.
/// </summary>
[ImmutableObject(true)] // The cache may hand the same instance to every reader; so it may of the records below.
internal sealed record CachedName(string Name);

/// <summary>The cached figures of a company's dealerships.</summary>
[ImmutableObject(true)]
internal sealed record CachedDealerships(int Count, string? Oldest, string? Newest);

/// <summary>The cached figures over all companies.</summary>
[ImmutableObject(true)]
internal sealed record CachedSummary(
    long Companies,
    long Dealerships,
    long? LargestCompanyId,
    int LargestCompanyDealerships
);
