namespace RedisFlow.Analytics.Contracts;

/// <summary>Figures of one company.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dealerships">How many dealerships it has.</param>
/// <param name="OldestDealership">The name of the one created first; null without dealerships.</param>
/// <param name="NewestDealership">The name of the one created last; null without dealerships.</param>
internal sealed record CompanyFiguresResponse(
    long CompanyId,
    string Name,
    int Dealerships,
    string? OldestDealership,
    string? NewestDealership
);
