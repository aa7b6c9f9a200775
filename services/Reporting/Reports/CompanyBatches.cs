using RedisFlow.Services.OrganizationApi;

namespace RedisFlow.Reporting.Reports;

/// <summary>
/// Reads companies in batches: what is asked for within <see cref="Window"/> goes in one request. A batch is sent only
/// after everyone in it has asked, never shared with one who asks later: a cached load must not get data from before it
/// began.
/// </summary>
internal sealed class CompanyBatches(IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>
    /// How long a batch waits for company. A page's loads start within it; a single one hardly notices it.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private Batch? _open;

    /// <summary>Reads one company.</summary>
    /// <exception cref="OrganizationNotFoundException">There is no such company.</exception>
    public async Task<OrganizationCompany> GetAsync(long id, CancellationToken cancellationToken)
    {
        var companies = await Join(id).WaitAsync(cancellationToken);
        return companies.GetValueOrDefault(id) ?? throw new OrganizationNotFoundException($"company {id}");
    }

    private Task<Dictionary<long, OrganizationCompany>> Join(long id)
    {
        lock (_lock)
        {
            if (_open is not { } batch || batch.Ids.Count >= OrganizationClient.MaxBatch)
            {
                batch = _open = new Batch();
                batch.Ids.Add(id);
                batch.Result = SendAsync(batch);
                return batch.Result;
            }

            batch.Ids.Add(id);
            return batch.Result;
        }
    }

    private async Task<Dictionary<long, OrganizationCompany>> SendAsync(Batch batch)
    {
        await Task.Delay(Window, time);
        lock (_lock)
        {
            if (_open == batch)
            {
                _open = null;
            }
        }

        // No caller's cancellation token: a batch works for several callers. The client's own timeout bounds it.
        await using var scope = scopes.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<OrganizationClient>();
        var page = await client.GetCompaniesAsync(batch.Ids, CancellationToken.None);
        return page.Items.ToDictionary(company => company.Id);
    }

    private sealed class Batch
    {
        public HashSet<long> Ids { get; } = [];

        public Task<Dictionary<long, OrganizationCompany>> Result { get; set; } = null!;
    }
}
