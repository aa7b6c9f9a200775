using System.Net;
using System.Text.Json;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Integration;

/// <summary>What a consumer service answers about a company: the three services by one interface.</summary>
public sealed class CompanyReader(
    string service,
    HttpClient client,
    Func<long, string> path,
    string nameProperty = "name"
)
{
    /// <summary>One reader for each consumer service.</summary>
    public static IReadOnlyList<CompanyReader> All(RedisFlowApplication application) =>
        [Reporting(application), Analytics(application), Billing(application)];

    public static CompanyReader Reporting(RedisFlowApplication application) =>
        new(ResourceNames.Reporting, application.Client(ResourceNames.Reporting), id => $"/api/reports/companies/{id}");

    public static CompanyReader Analytics(RedisFlowApplication application) =>
        new(
            ResourceNames.Analytics,
            application.Client(ResourceNames.Analytics),
            id => $"/api/analytics/companies/{id}"
        );

    public static CompanyReader Billing(RedisFlowApplication application)
    {
        var client = application.Client(ResourceNames.Billing);
        client.DefaultRequestHeaders.Add("X-User-Id", "2"); // a sample user who may read invoices
        return new(ResourceNames.Billing, client, id => $"/api/billing/companies/{id}/preview", "companyName");
    }

    /// <summary>The service's name.</summary>
    public string Service { get; } = service;

    /// <summary>Reads the company from the service.</summary>
    /// <param name="id">The company.</param>
    /// <param name="atLeast">The position that the answer must not be older than (<c>RedisFlow-Min-Position</c>);
    /// <c>null</c> demands none.</param>
    public async Task<CompanyAnswer> ReadAsync(long id, MessagePosition? atLeast = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path(id));
        if (atLeast is { } position)
        {
            request.Headers.Add("RedisFlow-Min-Position", position.ToString());
        }

        using var response = await client.SendAsync(request);
        var cache = response.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : null;
        if (!response.IsSuccessStatusCode)
        {
            return new CompanyAnswer(response.StatusCode, null, cache);
        }

        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        return new CompanyAnswer(response.StatusCode, body.RootElement.GetProperty(nameProperty).GetString(), cache);
    }

    /// <summary>
    /// Reads until the answer comes from the first cache level, as it does for a company that is read often.
    /// </summary>
    public Task<CompanyAnswer> ReadUntilCachedAsync(long id) =>
        Deadline.UntilAsync(
            () => ReadAsync(id),
            answer => answer.Cache == "L1",
            $"{Service} answers company {id} from L1"
        );

    public override string ToString() => Service;
}

/// <summary>
/// An answer: the status, the company's name if there is one, and where it came from (<c>X-Cache</c>).
/// </summary>
public sealed record CompanyAnswer(HttpStatusCode Status, string? Name, string? Cache);
