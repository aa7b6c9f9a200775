using System.Net.Http.Json;

namespace RedisFlow.AppHost;

/// <summary>The calls to Organization that the commands make.</summary>
internal sealed class OrganizationClient(Uri address) : IDisposable
{
    // A service that was stopped leaves the orchestrator's proxy listening: without a limit a call to it would wait for
    // ever.
    private readonly HttpClient _http = new(new RateLimitHandler())
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>
    /// The companies whose names begin with a text; at most 200, which is the service's largest page.
    /// </summary>
    public async Task<IReadOnlyList<Company>> FindAsync(string prefix, CancellationToken cancellationToken)
    {
        var page = await _http.GetFromJsonAsync<CompanyPage>(
            $"/api/companies?pageSize=200&search={Uri.EscapeDataString(prefix)}",
            cancellationToken
        );
        return page!.Items;
    }

    public Task<HttpResponseMessage> CreateCompanyAsync(string name, CancellationToken cancellationToken) =>
        _http.PostAsJsonAsync("/api/companies", new { name }, cancellationToken);

    public Task<HttpResponseMessage> RenameCompanyAsync(long id, string name, CancellationToken cancellationToken) =>
        _http.PutAsJsonAsync($"/api/companies/{id}", new { name }, cancellationToken);

    public Task<HttpResponseMessage> AddDealershipAsync(
        long companyId,
        string name,
        CancellationToken cancellationToken
    ) => _http.PostAsJsonAsync($"/api/companies/{companyId}/dealerships", new { name }, cancellationToken);

    public void Dispose() => _http.Dispose();

    private sealed record CompanyPage(IReadOnlyList<Company> Items);
}

/// <summary>A company, as far as the commands need it.</summary>
internal sealed record Company(long Id, string Name, int DealershipCount);
