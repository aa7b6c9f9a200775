using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Contracts;

/// <summary>One page of companies.</summary>
/// <param name="Items">The companies: in id order, or in name order if searched by name, or in the order of the ids
/// asked for.</param>
/// <param name="Total">How many companies there are on all pages.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="PageSize">The greatest number of companies on a page.</param>
internal sealed record CompanyPageResponse(IReadOnlyList<CompanyResponse> Items, long Total, int Page, int PageSize)
{
    public static CompanyPageResponse From(CompanyPage result, int page, int pageSize) =>
        new([.. result.Items.Select(CompanyResponse.From)], result.Total, page, pageSize);
}
