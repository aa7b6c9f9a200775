using RedisFlow.ServiceDefaults.Redis;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>Reads companies.</summary>
internal sealed class CompanyReader(IRedisConnection redis)
{
    private IDatabase Database => redis.Database;

    /// <summary>One company; <c>null</c> if there is none.</summary>
    public Task<Company?> FindAsync(long id, CancellationToken cancellationToken) =>
        Database.ReadCompanyAsync(id).WithinRedisTimeout(cancellationToken);

    /// <summary>Several companies, in the order of <paramref name="ids"/>, without those that do not exist.</summary>
    public async Task<IReadOnlyList<Company>> FindAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var database = Database;
        var companies = await Task.WhenAll(ids.Select(id => database.ReadCompanyAsync(id)))
            .WithinRedisTimeout(cancellationToken);
        return [.. companies.OfType<Company>()];
    }

    /// <summary>One page of all companies, in id order.</summary>
    public async Task<CompanyPage> ListAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        var database = Database;
        var start = (long)(page - 1) * pageSize;
        var total = database.ExecuteAsync("ZCARD", OrganizationKeys.CompaniesById);
        var ids = database.ExecuteAsync("ZRANGE", OrganizationKeys.CompaniesById, start, start + pageSize - 1);
        await Task.WhenAll(total, ids).WithinRedisTimeout(cancellationToken);

        var items = await FindAsync(((RedisValue[])(await ids)!).Select(id => (long)id), cancellationToken);
        return new CompanyPage(items, (long)await total);
    }

    /// <summary>One page of the companies whose name begins with <paramref name="prefix"/>, whatever its case, in name order.</summary>
    public async Task<CompanyPage> SearchAsync(string prefix, int page, int pageSize, CancellationToken cancellationToken)
    {
        var database = Database;
        var start = (long)(page - 1) * pageSize;
        var from = System.Text.Encoding.UTF8.GetBytes("[" + OrganizationKeys.Fold(prefix));
        byte[] to = [(byte)'(', .. from.AsSpan(1), 0xFF]; // 0xFF occurs in no UTF-8 text, so it follows everything with the prefix.
        var total = database.ExecuteAsync("ZLEXCOUNT", OrganizationKeys.CompaniesByName, from, to);
        var entries = database.ExecuteAsync("ZRANGEBYLEX", OrganizationKeys.CompaniesByName, from, to, "LIMIT", start, pageSize);
        await Task.WhenAll(total, entries).WithinRedisTimeout(cancellationToken);

        var ids = ((RedisValue[])(await entries)!).Select(entry => OrganizationKeys.IdOfNameEntry(entry!));
        var items = await FindAsync(ids, cancellationToken);
        return new CompanyPage(items, (long)await total);
    }

    /// <summary>Figures over all companies, from one moment.</summary>
    public async Task<OrganizationFigures> ReadFiguresAsync(CancellationToken cancellationToken)
    {
        var transaction = Database.CreateTransaction();
        var companies = transaction.ExecuteAsync("ZCARD", OrganizationKeys.CompaniesById);
        var dealerships = transaction.ExecuteAsync("GET", OrganizationKeys.DealershipTotal);
        var largest = transaction.ExecuteAsync("ZRANGE", OrganizationKeys.CompaniesByDealerships, 0, 0);
        await transaction.ExecuteAsync().WithinRedisTimeout(cancellationToken);

        var largestId = ((RedisValue[])(await largest)!).Select(id => (long?)id).FirstOrDefault();
        var company = largestId is { } id ? await FindAsync(id, cancellationToken) : null;
        var total = (RedisValue)await dealerships;
        return new OrganizationFigures((long)await companies, total.IsNull ? 0 : (long)total, company);
    }
}
