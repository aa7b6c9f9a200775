using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Reporting.Caching;
using RedisFlow.Reporting.Contracts;
using RedisFlow.Services.OrganizationApi;

namespace RedisFlow.Reporting.Reports;

/// <summary>Company reports, cached.</summary>
internal sealed class CompanyReports(
    HybridCache cache,
    OrganizationClient organization,
    CompanyBatches companies,
    TimeProvider time
)
{
    /// <summary>The report on one company; <c>null</c> if there is no such company.</summary>
    public async Task<CompanyReport?> FindAsync(long companyId, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetOrCreateAsync(
                CacheKeys.Report(companyId),
                (companyId, companies, time),
                static async (state, cancel) =>
                {
                    var company = await state.companies.GetAsync(state.companyId, cancel);
                    return new CompanyReport(
                        company.Id,
                        company.Name,
                        company.DealershipCount,
                        company.Version,
                        state.time.GetUtcNow()
                    );
                },
                cancellationToken: cancellationToken
            );
        }
        catch (OrganizationNotFoundException)
        {
            // Thrown through the cache, so that no caller is told of an absence that has ended.
            return null;
        }
    }

    /// <summary>One page of reports: the cached ids of the page, and each company's own cached report.</summary>
    public async Task<CompanyReportPage> ListAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        var ids = await cache.GetOrCreateAsync(
            CacheKeys.Page(page, pageSize),
            (page, pageSize, organization),
            static async (state, cancel) =>
            {
                var found = await state.organization.ListCompaniesAsync(state.page, state.pageSize, cancel);
                return new CompanyIdPage([.. found.Items.Select(company => company.Id)], found.Total);
            },
            cancellationToken: cancellationToken
        );

        // Side by side, so that the reports that are not cached come in one batch. A company may be deleted in between.
        var reports = await Task.WhenAll(ids.Ids.Select(id => FindAsync(id, cancellationToken)));
        return new CompanyReportPage([.. reports.OfType<CompanyReport>()], ids.Total, page, pageSize);
    }
}
