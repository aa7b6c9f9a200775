using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisFlow.Billing.Caching;
using RedisFlow.Billing.Contracts;
using RedisFlow.Domain;
using RedisFlow.Services.OrganizationApi;

namespace RedisFlow.Billing.Invoicing;

/// <summary>Previews invoices from cached parts and the configured price.</summary>
internal sealed class InvoicePreviews(
    HybridCache cache,
    OrganizationClient organization,
    IOptions<PricingOptions> pricing
)
{
    /// <summary>What a company would be billed now; <c>null</c> if there is no such company.</summary>
    public async Task<InvoicePreview?> FindAsync(long companyId, CancellationToken cancellationToken)
    {
        try
        {
            var naming = GetNameAsync(companyId, cancellationToken);
            var listing = GetDealershipsAsync(companyId, cancellationToken);
            await Task.WhenAll(naming, listing);

            var price = new Money(pricing.Value.PricePerDealership!.Value, pricing.Value.Currency!);
            var lines = (await listing)
                .Items.Select(dealership => new InvoiceLine(dealership.Id, dealership.Name, price))
                .ToList();
            return new InvoicePreview(companyId, (await naming).Name, lines, price.Times(lines.Count));
        }
        catch (OrganizationNotFoundException)
        {
            // Thrown through the cache, so that no caller is told of an absence that has ended.
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
                    var dealerships = await state.organization.ListDealershipsAsync(state.companyId, cancel);
                    return new CachedDealerships([
                        .. dealerships.Select(dealership => new CachedDealership(dealership.Id, dealership.Name)),
                    ]);
                },
                cancellationToken: cancellationToken
            )
            .AsTask();
}
