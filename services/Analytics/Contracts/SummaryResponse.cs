namespace RedisFlow.Analytics.Contracts;

/// <summary>Figures over all companies.</summary>
/// <param name="Companies">How many companies there are.</param>
/// <param name="Dealerships">How many dealerships they have together.</param>
/// <param name="AverageDealerships">Dealerships per company, rounded to two decimals; 0 without companies.</param>
/// <param name="Largest">The company with the most dealerships, the one with the smallest id among equals; null without
/// companies.</param>
internal sealed record SummaryResponse(
    long Companies,
    long Dealerships,
    decimal AverageDealerships,
    LargestCompany? Largest
);

/// <summary>The company with the most dealerships.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dealerships">How many dealerships it has.</param>
internal sealed record LargestCompany(long CompanyId, string Name, int Dealerships);
