using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Contracts;

/// <summary>Figures over all companies.</summary>
/// <param name="Companies">How many companies there are.</param>
/// <param name="Dealerships">How many dealerships they have together.</param>
/// <param name="LargestCompanyId">The company with the most dealerships, the smallest id among equals; null without
/// companies.</param>
/// <param name="LargestCompanyDealerships">How many dealerships that company has.</param>
internal sealed record OrganizationFiguresResponse(
    long Companies,
    long Dealerships,
    long? LargestCompanyId,
    int LargestCompanyDealerships
)
{
    public static OrganizationFiguresResponse From(OrganizationFigures figures) =>
        new(figures.Companies, figures.Dealerships, figures.Largest?.Id, figures.Largest?.DealershipCount ?? 0);
}
