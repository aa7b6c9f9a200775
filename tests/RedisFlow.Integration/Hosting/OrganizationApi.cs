using System.Net;
using System.Net.Http.Json;
using RedisFlow.Streams;

namespace RedisFlow.Integration;

/// <summary>
/// The calls to Organization that the scenarios are made of. Each change returns its position in the stream.
/// </summary>
public sealed class OrganizationApi(HttpClient client)
{
    public async Task<(long Id, MessagePosition Position)> CreateCompanyAsync(string name)
    {
        using var response = await client.PostAsJsonAsync("/api/companies", new { name });
        response.EnsureSuccessStatusCode();
        var company = await response.Content.ReadFromJsonAsync<Company>();
        return (company!.Id, PositionOf(response));
    }

    public async Task<MessagePosition> RenameCompanyAsync(long id, string name)
    {
        using var response = await client.PutAsJsonAsync($"/api/companies/{id}", new { name });
        response.EnsureSuccessStatusCode();
        return PositionOf(response);
    }

    /// <summary>
    /// Renames a company; returns <c>null</c> where that cannot be done, or not be confirmed, now (503).
    /// </summary>
    public async Task<MessagePosition?> TryRenameCompanyAsync(long id, string name)
    {
        try
        {
            return await RenameCompanyAsync(id, name);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }

    public async Task<MessagePosition> DeleteCompanyAsync(long id)
    {
        using var response = await client.DeleteAsync($"/api/companies/{id}");
        response.EnsureSuccessStatusCode();
        return PositionOf(response);
    }

    private static MessagePosition PositionOf(HttpResponseMessage response) =>
        MessagePosition.Parse(response.Headers.GetValues("RedisFlow-Position").Single());

    private sealed record Company(long Id, string Name);
}
