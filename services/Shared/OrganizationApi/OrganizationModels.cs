namespace RedisFlow.Services.OrganizationApi;

/// <summary>A company, as Organization answers.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Version">Moves with every change of the company or its dealerships.</param>
/// <param name="DealershipCount">How many dealerships it has.</param>
public sealed record OrganizationCompany(long Id, string Name, long Version, int DealershipCount);

/// <summary>Some companies.</summary>
/// <param name="Items">The companies.</param>
/// <param name="Total">How many there are on all pages.</param>
public sealed record OrganizationCompanyPage(IReadOnlyList<OrganizationCompany> Items, long Total);

/// <summary>Figures over all companies.</summary>
/// <param name="Companies">How many companies there are.</param>
/// <param name="Dealerships">How many dealerships they have together.</param>
/// <param name="LargestCompanyId">The company with the most dealerships; <c>null</c> without companies.</param>
/// <param name="LargestCompanyDealerships">How many dealerships that company has.</param>
public sealed record OrganizationFigures(
    long Companies,
    long Dealerships,
    long? LargestCompanyId,
    int LargestCompanyDealerships
);

/// <summary>A dealership.</summary>
/// <param name="Id">The id.</param>
/// <param name="CompanyId">The company that it belongs to.</param>
/// <param name="Name">The name.</param>
public sealed record OrganizationDealership(long Id, long CompanyId, string Name);

/// <summary>A user.</summary>
/// <param name="Id">The id.</param>
/// <param name="Roles">The roles.</param>
public sealed record OrganizationUser(long Id, IReadOnlyList<string> Roles);
