namespace RedisFlow.Organization.Storage;

/// <summary>Figures over all companies.</summary>
/// <param name="Companies">How many companies there are.</param>
/// <param name="Dealerships">How many dealerships they have together.</param>
/// <param name="Largest">The company with the most dealerships, the one with the smallest id among equals; <c>null</c>
/// without companies.</param>
internal sealed record OrganizationFigures(long Companies, long Dealerships, Company? Largest);
