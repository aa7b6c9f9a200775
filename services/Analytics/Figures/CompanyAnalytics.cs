using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Analytics.Caching;
using RedisFlow.Analytics.Contracts;
using RedisFlow.Services.OrganizationApi;

namespace RedisFlow.Analytics.Figures;

/// <summary>Figures of companies, put together from cached parts.</summary>
internal sealed class CompanyAnalytics(HybridCache cache, OrganizationClient organization)
{
    /// <summary>The figures of one company; <c>null</c> if there is no such company.</summary>
    public async Task<CompanyFiguresResponse?> FindAsync(long companyId, CancellationToken cancellationToken)
    {
        try
        {
            var naming = GetNameAsync(companyId, cancellationToken);
            var counting = GetDealershipsAsync(companyId, cancellationToken);
            await Task.WhenAll(naming, counting);
            var (name, dealerships) = (await naming, await counting);
            return new CompanyFiguresResponse(
                companyId,
                name.Name,
                dealerships.Count,
                dealerships.Oldest,
                dealerships.Newest
            );
        }
        catch (OrganizationNotFoundException)
        {
            // Thrown through the cache, so that no caller is told of an absence that has ended.
            return null;
        }
    }

    /// <summary>The figures over all companies.</summary>
    public async Task<SummaryResponse> SummarizeAsync(CancellationToken cancellationToken)
    {
        var summary = await cache.GetOrCreateAsync(
            CacheKeys.Summary,
            organization,
            static async (organization, cancel) =>
            {
                var figures = await organization.GetFiguresAsync(cancel);
                return new CachedSummary(
                    figures.Companies,
                    figures.Dealerships,
                    figures.LargestCompanyId,
                    figures.LargestCompanyDealerships
                );
            },
            cancellationToken: cancellationToken
        );

        var average = summary.Companies == 0 ? 0 : Math.Round((decimal)summary.Dealerships / summary.Companies, 2);
        return new SummaryResponse(
            summary.Companies,
            summary.Dealerships,
            average,
            await GetLargestAsync(summary, cancellationToken)
        );
    }

    private async Task<LargestCompany?> GetLargestAsync(CachedSummary summary, CancellationToken cancellationToken)
    {
        if (summary.LargestCompanyId is not { } id)
        {
            return null;
        }

        try
        {
            return new LargestCompany(
                id,
                (await GetNameAsync(id, cancellationToken)).Name,
                summary.LargestCompanyDealerships
            );
        }
        catch (OrganizationNotFoundException)
        {
            // Deleted a moment ago; its event is about to drop the summary.
            return null;
        }
    }

    private Task<CachedName> GetNameAsync(long companyId, CancellationToken cancellationToken) =>
        cache
            .GetOrCreateAsync(
                CacheKeys.Company(companyId),
                (companyId, organization),
                static async (state, cancel) =>
                    new CachedName((await state.organization.GetCompanyAsync(state.companyId, cancel)).Name),
                cancellationToken: cancellationToken
            )
            .AsTask();

    private Task<CachedDealerships> GetDealershipsAsync(long companyId, CancellationToken cancellationToken) =>
        cache
            .GetOrCreateAsync(
                CacheKeys.Dealerships(companyId),
                (companyId, organization),
                static async (state, cancel) =>
                {
                    // In id order, which is the order of creation.
                    var dealerships = await state.organization.ListDealershipsAsync(state.companyId, cancel);
                    return dealerships.Count == 0
                        ? new CachedDealerships(0, null, null)
                        : new CachedDealerships(dealerships.Count, dealerships[0].Name, dealerships[^1].Name);
                },
                cancellationToken: cancellationToken
            )
            .AsTask();
}
