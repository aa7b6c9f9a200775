using System.ComponentModel;

namespace RedisFlow.Billing.Invoicing;

/// <summary>
/// The cached name of a company. Nothing else of the company is in it, so that only a new name makes it stale.
/// </summary>
[ImmutableObject(true)] // The cache may hand the same instance to every reader; so it may of the records below.
internal sealed record CachedName(string Name);

/// <summary>The cached dealerships of a company, in id order.</summary>
[ImmutableObject(true)]
internal sealed record CachedDealerships(IReadOnlyList<CachedDealership> Items);

/// <summary>One of <see cref="CachedDealerships"/>.</summary>
[ImmutableObject(true)]
internal sealed record CachedDealership(long Id, string Name);
