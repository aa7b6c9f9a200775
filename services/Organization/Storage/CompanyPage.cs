namespace RedisFlow.Organization.Storage;

/// <summary>One page of companies.</summary>
/// <param name="Items">The page's companies.</param>
/// <param name="Total">How many there are on all pages.</param>
internal sealed record CompanyPage(IReadOnlyList<Company> Items, long Total);
