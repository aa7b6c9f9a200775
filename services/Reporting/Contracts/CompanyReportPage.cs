namespace RedisFlow.Reporting.Contracts;

/// <summary>One page of company reports, in the order of the companies' ids.</summary>
/// <param name="Items">The reports.</param>
/// <param name="Total">How many companies there are on all pages.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="PageSize">The greatest number of reports on a page.</param>
internal sealed record CompanyReportPage(IReadOnlyList<CompanyReport> Items, long Total, int Page, int PageSize);
