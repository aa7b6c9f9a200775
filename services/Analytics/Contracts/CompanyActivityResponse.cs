using System.ComponentModel;

namespace RedisFlow.Analytics.Contracts;

/// <summary>What happened to a company so far; also the form in which it is cached.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="AsOf">When the counters were read: what was counted before is in them.</param>
/// <param name="Day">The day that counts as today, in UTC.</param>
/// <param name="Kinds">The counters of every kind.</param>
[ImmutableObject(true)] // The cache may hand the same instance to every reader; so it may of the records below.
internal sealed record CompanyActivityResponse(
    long CompanyId,
    DateTimeOffset AsOf,
    DateOnly Day,
    IReadOnlyList<KindActivity> Kinds
);

/// <summary>The counters of one kind.</summary>
/// <param name="Kind">What happened: view, search, export or share.</param>
/// <param name="Today">How often on <c>day</c>.</param>
/// <param name="Total">How often ever.</param>
[ImmutableObject(true)]
internal sealed record KindActivity(string Kind, long Today, long Total);
