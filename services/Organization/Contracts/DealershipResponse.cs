using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Contracts;

/// <summary>A dealership.</summary>
/// <param name="Id">The id.</param>
/// <param name="CompanyId">The company that it belongs to.</param>
/// <param name="Name">The name.</param>
internal sealed record DealershipResponse(long Id, long CompanyId, string Name)
{
    public static DealershipResponse From(Dealership dealership) =>
        new(dealership.Id, dealership.CompanyId, dealership.Name);
}
