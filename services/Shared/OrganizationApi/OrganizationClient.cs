using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace RedisFlow.Services.OrganizationApi;

/// <summary>
/// Reads from the Organization service over HTTP. It knows of that service what its API says, no more.
/// </summary>
/// <remarks>
/// Every method throws <see cref="OrganizationNotFoundException"/> where the answer is 404, so that a cached load never
/// stores an absence. What else goes wrong reaches the service's problem details as it is: no answer becomes a 503.
/// <para>
/// No request demands a position. A cached load is as of the position that this instance had applied before it sent its
/// request. Messages up to there were committed together with their changes before this instance could hear them, and
/// Organization reads every answer from the server that it writes to: so the answer has those changes. A caller that
/// puts a cache, or reads of a replica, in between must demand it.
/// </para>
/// </remarks>
public sealed class OrganizationClient(HttpClient http)
{
    /// <summary>The most companies that <see cref="GetCompaniesAsync"/> reads at once.</summary>
    public const int MaxBatch = 200;

    /// <summary>Reads a company.</summary>
    public Task<OrganizationCompany> GetCompanyAsync(long id, CancellationToken cancellationToken) =>
        GetAsync<OrganizationCompany>(Invariant($"api/companies/{id}"), cancellationToken);

    /// <summary>Reads up to <see cref="MaxBatch"/> companies; those that do not exist are left out.</summary>
    public Task<OrganizationCompanyPage> GetCompaniesAsync(
        IEnumerable<long> ids,
        CancellationToken cancellationToken
    ) => GetAsync<OrganizationCompanyPage>($"api/companies?ids={string.Join(',', ids)}", cancellationToken);

    /// <summary>Reads one page of all companies, in id order.</summary>
    public Task<OrganizationCompanyPage> ListCompaniesAsync(
        int page,
        int pageSize,
        CancellationToken cancellationToken
    ) =>
        GetAsync<OrganizationCompanyPage>(
            Invariant($"api/companies?page={page}&pageSize={pageSize}"),
            cancellationToken
        );

    /// <summary>Reads the figures over all companies.</summary>
    public Task<OrganizationFigures> GetFiguresAsync(CancellationToken cancellationToken) =>
        GetAsync<OrganizationFigures>("api/companies/figures", cancellationToken);

    /// <summary>Reads a company's dealerships, in id order.</summary>
    public Task<IReadOnlyList<OrganizationDealership>> ListDealershipsAsync(
        long companyId,
        CancellationToken cancellationToken
    ) =>
        GetAsync<IReadOnlyList<OrganizationDealership>>(
            Invariant($"api/companies/{companyId}/dealerships"),
            cancellationToken
        );

    /// <summary>Reads a user.</summary>
    public Task<OrganizationUser> GetUserAsync(long id, CancellationToken cancellationToken) =>
        GetAsync<OrganizationUser>(Invariant($"api/users/{id}"), cancellationToken);

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw new OrganizationNotFoundException(path);
        }

        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }

    private static string Invariant(FormattableString path) => path.ToString(CultureInfo.InvariantCulture);
}
