using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// Reads companies, from the master: a replica may be behind what an answer promises with its position.
/// </summary>
internal sealed class CompanyReader(IConnectionMultiplexer redis)
{
    private static readonly RedisScript Figures = new(LuaResource.Load(typeof(CompanyReader).Assembly, "read_figures"));

    private IDatabase Database => redis.GetDatabase();

    /// <summary>One company; <c>null</c> if it does not exist.</summary>
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
        var total = database.SortedSetLengthAsync(OrganizationKeys.CompaniesById, flags: CommandFlags.DemandMaster);
        var ids = database.SortedSetRangeByRankAsync(
            OrganizationKeys.CompaniesById,
            start,
            start + pageSize - 1,
            flags: CommandFlags.DemandMaster
        );
        await Task.WhenAll(total, ids).WaitAsync(cancellationToken);

        var items = await FindAsync((await ids).Select(id => (long)id), cancellationToken);
        return new CompanyPage(items, await total);
    }

    /// <summary>
    /// One page of the companies whose name begins with <paramref name="prefix"/>, whatever its case, in name order.
    /// </summary>
    public async Task<CompanyPage> SearchAsync(
        string prefix,
        int page,
        int pageSize,
        CancellationToken cancellationToken
    )
    {
        var database = Database;
        var start = (long)(page - 1) * pageSize;
        var from = System.Text.Encoding.UTF8.GetBytes(OrganizationKeys.Fold(prefix));
        byte[] to = [.. from, 0xFF]; // 0xFF occurs in no UTF-8 text, so it follows everything with the prefix.
        var total = database.SortedSetLengthByValueAsync(
            OrganizationKeys.CompaniesByName,
            from,
            to,
            Exclude.Stop,
            CommandFlags.DemandMaster
        );
        var entries = database.SortedSetRangeByValueAsync(
            OrganizationKeys.CompaniesByName,
            from,
            to,
            Exclude.Stop,
            start,
            pageSize,
            CommandFlags.DemandMaster
        );
        await Task.WhenAll(total, entries).WaitAsync(cancellationToken);

        var ids = (await entries).Select(entry => OrganizationKeys.IdOfNameEntry(entry!));
        var items = await FindAsync(ids, cancellationToken);
        return new CompanyPage(items, await total);
    }

    /// <summary>Figures over all companies, from one moment.</summary>
    public async Task<OrganizationFigures> ReadFiguresAsync(CancellationToken cancellationToken)
    {
        var answer = await Figures
            .RunAsync(
                Database,
                [
                    OrganizationKeys.CompaniesById,
                    OrganizationKeys.DealershipTotal,
                    OrganizationKeys.CompaniesByDealerships,
                ]
            )
            .WaitAsync(cancellationToken);
        var figures = (RedisResult[])answer!;
        var largestId = (long?)figures[2];
        var company = largestId is { } id ? await FindAsync(id, cancellationToken) : null;
        return new OrganizationFigures((long)figures[0], (long?)figures[1] ?? 0, company);
    }
}
