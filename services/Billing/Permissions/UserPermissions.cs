using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Billing.Caching;
using RedisFlow.Domain;
using RedisFlow.Services.OrganizationApi;

namespace RedisFlow.Billing.Permissions;

/// <summary>What users may do here, cached, and refreshed when their roles change.</summary>
internal sealed class UserPermissions(HybridCache cache, OrganizationClient organization)
{
    /// <summary>What the user may do; <c>null</c> if there is no such user.</summary>
    public async Task<CachedPermissions?> FindAsync(long userId, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetOrCreateAsync(
                CacheKeys.Permissions(userId),
                (userId, organization),
                static async (state, cancel) =>
                {
                    var user = await state.organization.GetUserAsync(state.userId, cancel);
                    return new CachedPermissions(Roles.MayPreviewInvoices(user.Roles));
                },
                cancellationToken: cancellationToken
            );
        }
        catch (OrganizationNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The cached permissions of a user.</summary>
/// <param name="MayPreviewInvoices">Whether the user may preview invoices.</param>
[ImmutableObject(true)]
internal sealed record CachedPermissions(bool MayPreviewInvoices);
