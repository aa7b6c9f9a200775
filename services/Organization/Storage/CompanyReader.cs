using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>Reads companies.</summary>
internal sealed class CompanyReader(IConnectionMultiplexer redis)
{
    private IDatabase Database => redis.GetDatabase();

    /// <summary>One company; <c>null</c> if there is none.</summary>
    public Task<Company?> FindAsync(long id, CancellationToken cancellationToken) =>
        Database.ReadCompanyAsync(id).WaitAsync(cancellationToken);

    /// <summary>Several companies, in the order of <paramref name="ids"/>, without those that do not exist.</summary>
    public async Task<IReadOnlyList<Company>> FindAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var database = Database;
        var companies = await Task.WhenAll(ids.Select(id => database.ReadCompanyAsync(id)))
            .WaitAsync(cancellationToken);
        return [.. companies.OfType<Company>()];
    }

    /// <summary>One page of all companies, in id order.</summary>
    public async Task<CompanyPage> ListAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        var database = Database;
        var start = (long)(page - 1) * pageSize;
        var total = database.SortedSetLengthAsync(OrganizationKeys.CompaniesById);
        var ids = database.SortedSetRangeByRankAsync(OrganizationKeys.CompaniesById, start, start + pageSize - 1);
        await Task.WhenAll(total, ids).WaitAsync(cancellationToken);

        var items = await FindAsync((await ids).Select(id => (long)id), cancellationToken);
        return new CompanyPage(items, await total);
    }

    /// <summary>One page of the companies whose name begins with <paramref name="prefix"/>, whatever its case, in name order.</summary>
    public async Task<CompanyPage> SearchAsync(string prefix, int page, int pageSize, CancellationToken cancellationToken)
    {
        var database = Database;
        var start = (long)(page - 1) * pageSize;
        var from = System.Text.Encoding.UTF8.GetBytes(OrganizationKeys.Fold(prefix));
        byte[] to = [.. from, 0xFF]; // 0xFF occurs in no UTF-8 text, so it follows everything with the prefix.
        var total = database.SortedSetLengthByValueAsync(OrganizationKeys.CompaniesByName, from, to, Exclude.Stop);
        var entries = database.SortedSetRangeByValueAsync(OrganizationKeys.CompaniesByName, from, to, Exclude.Stop, start, pageSize);
        await Task.WhenAll(total, entries).WaitAsync(cancellationToken);

        var ids = (await entries).Select(entry => OrganizationKeys.IdOfNameEntry(entry!));
        var items = await FindAsync(ids, cancellationToken);
        return new CompanyPage(items, await total);
    }

    /// <summary>Figures over all companies, from one moment.</summary>
    public async Task<OrganizationFigures> ReadFiguresAsync(CancellationToken cancellationToken)
    {
        var transaction = Database.CreateTransaction();
        var companies = transaction.SortedSetLengthAsync(OrganizationKeys.CompaniesById);
        var dealerships = transaction.StringGetAsync(OrganizationKeys.DealershipTotal);
        var largest = transaction.SortedSetRangeByRankAsync(OrganizationKeys.CompaniesByDealerships, 0, 0);
        await transaction.ExecuteAsync().WaitAsync(cancellationToken);

        var largestId = (await largest).Select(id => (long?)id).FirstOrDefault();
        var company = largestId is { } id ? await FindAsync(id, cancellationToken) : null;
        return new OrganizationFigures(await companies, (long)await dealerships, company);
    }
}
