namespace RedisFlow.Domain;

/// <summary>Bounds that keep a company's aggregate, and every transaction on it, small.</summary>
public static class CompanyLimits
{
    /// <summary>
    /// The greatest number of dealerships of one company. Deleting a company deletes them in the same Redis
    /// transaction, which blocks the server while it runs.
    /// </summary>
    public const int MaxDealerships = 1_000;
}
