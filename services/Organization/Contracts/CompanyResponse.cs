using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Contracts;

/// <summary>A company.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Version">1 after the creation; every change of the company or its dealerships adds one. Also the
/// ETag.</param>
/// <param name="DealershipCount">How many dealerships it has.</param>
internal sealed record CompanyResponse(long Id, string Name, long Version, int DealershipCount)
{
    public static CompanyResponse From(Company company) =>
        new(company.Id, company.Name, company.Version, company.DealershipCount);
}
