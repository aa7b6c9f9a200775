using Microsoft.AspNetCore.Mvc;

namespace RedisFlow.Organization.Contracts;

/// <summary>
/// Which companies a list shows. Described at the endpoint: OpenAPI does not read descriptions of members that are
/// bound by name.
/// </summary>
/// <param name="Search">Only companies whose name begins with this, whatever its case; at most 200 characters.</param>
/// <param name="Ids">Only these companies: up to 200 ids, separated by commas. Not together with the others.</param>
/// <param name="Page">The page's number, 1 (the default) to 1000000.</param>
/// <param name="PageSize">The number of companies on a page, 1 to 200; 20 by default.</param>
internal sealed record CompanyListQuery(
    [FromQuery(Name = "search")] string? Search,
    [FromQuery(Name = "ids")] string? Ids,
    [FromQuery(Name = "page")] int? Page,
    [FromQuery(Name = "pageSize")] int? PageSize
);
