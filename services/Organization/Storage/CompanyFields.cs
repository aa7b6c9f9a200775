using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>The fields of <see cref="OrganizationKeys.Company"/>, and how they are read.</summary>
internal static class CompanyFields
{
    public const string Name = "name";
    public const string Version = "version";
    public const string Dealerships = "dealerships";

    private static readonly RedisValue[] All = [Name, Version, Dealerships];

    /// <summary>Reads a company; <c>null</c> if it does not exist.</summary>
    public static async Task<Company?> ReadCompanyAsync(this IDatabaseAsync database, long id)
    {
        var values = await database.HashGetAsync(OrganizationKeys.Company(id), All, CommandFlags.DemandMaster);
        return values[0].IsNull ? null : new Company(id, values[0]!, (long)values[1], (int)values[2]);
    }

    /// <summary>
    /// The condition that a company is as it was read: its version covers the company and its dealerships.
    /// </summary>
    public static Condition Unchanged(Company company) =>
        Condition.HashEqual(OrganizationKeys.Company(company.Id), Version, company.Version);
}
