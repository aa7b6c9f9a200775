using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>How dealerships are read, added to a company and taken from one.</summary>
internal static class DealershipCommands
{
    /// <summary>The dealerships of a company, in id order.</summary>
    public static async Task<IReadOnlyList<Dealership>> ReadDealershipsAsync(
        this IDatabaseAsync database,
        long companyId
    )
    {
        var entries = await database.HashGetAllAsync(
            OrganizationKeys.DealershipsOf(companyId),
            CommandFlags.DemandMaster
        );
        return
        [
            .. entries
                .Select(entry => new Dealership((long)entry.Name, companyId, entry.Value!))
                .OrderBy(dealership => dealership.Id),
        ];
    }

    /// <summary>Adds the dealership to the company and moves its version.</summary>
    public static Change<T> Adding<T>(this Change<T> change, long id, string name, Company company) =>
        change
            .Do(transaction => transaction.HashSetAsync(OrganizationKeys.DealershipsOf(company.Id), id, name))
            .Counting(company, 1);

    /// <summary>Takes the dealership from the company and moves its version.</summary>
    public static Change<T> Removing<T>(this Change<T> change, long id, Company company) =>
        change
            .Do(transaction => transaction.HashDeleteAsync(OrganizationKeys.DealershipsOf(company.Id), id))
            .Counting(company, -1);

    private static Change<T> Counting<T>(this Change<T> change, Company company, int difference) =>
        change
            .Do(transaction =>
                transaction.HashIncrementAsync(OrganizationKeys.Company(company.Id), CompanyFields.Version)
            )
            .Do(transaction =>
                transaction.HashIncrementAsync(
                    OrganizationKeys.Company(company.Id),
                    CompanyFields.Dealerships,
                    difference
                )
            )
            .Do(transaction =>
                transaction.SortedSetIncrementAsync(
                    OrganizationKeys.CompaniesByDealerships,
                    OrganizationKeys.SizeEntry(company.Id),
                    -difference
                )
            );
}
