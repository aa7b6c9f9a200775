using System.Globalization;
using System.Net;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Services.Tests;

/// <summary>What tests do at Organization, and its messages.</summary>
internal static class OrganizationSteps
{
    public static string UniqueName(string prefix = "Company") => $"{prefix} {Guid.NewGuid():N}";

    public static async Task<long> CreateCompanyAsync(this RunningSystem system, string? name = null)
    {
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            "api/companies",
            new { name = name ?? UniqueName() }
        );
        Assert.True(answer.Status == HttpStatusCode.Created, answer.ToString());
        return answer.Json.GetProperty("id").GetInt64();
    }

    public static async Task<Answer> RenameCompanyAsync(this RunningSystem system, long id, string name)
    {
        var answer = await system.Organization.SendJsonAsync(HttpMethod.Put, $"api/companies/{id}", new { name });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    public static async Task<Answer> DeleteCompanyAsync(this RunningSystem system, long id)
    {
        var answer = await system.Organization.SendAsync(HttpMethod.Delete, $"api/companies/{id}");
        Assert.True(answer.Status == HttpStatusCode.NoContent, answer.ToString());
        return answer;
    }

    public static async Task<long> CreateDealershipAsync(this RunningSystem system, long companyId, string? name = null)
    {
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/companies/{companyId}/dealerships",
            new { name = name ?? UniqueName("Dealership") }
        );
        Assert.True(answer.Status == HttpStatusCode.Created, answer.ToString());
        return answer.Json.GetProperty("id").GetInt64();
    }

    public static async Task<Answer> TransferAsync(this RunningSystem system, long dealershipId, long toCompanyId)
    {
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/dealerships/{dealershipId}/transfer",
            new { toCompanyId }
        );
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    /// <summary>Gives the user exactly these roles.</summary>
    /// <returns>The position of the change.</returns>
    public static async Task<string> SetRolesAsync(this RunningSystem system, long user, string[] roles)
    {
        var answer = await system.Organization.SendJsonAsync(HttpMethod.Put, $"api/users/{user}/roles", new { roles });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer.Header("RedisFlow-Position");
    }

    /// <summary>The message at the position that a write answered with.</summary>
    public static async Task<StreamMessage> MessageOfAsync(this RunningSystem system, Answer write)
    {
        var position = write.Header("RedisFlow-Position");
        Assert.NotEqual("", position);
        var reply = await system
            .Connection.GetDatabase()
            .ExecuteAsync("XRANGE", "{cache:invalidation}:stream", position, position);
        var entry = Assert.Single((RedisResult[])reply!);
        var fields = (RedisResult[])((RedisResult[])entry!)[1]!;
        Assert.Equal("data", (string?)fields[0]);
        return StreamMessage.Parser.ParseFrom((byte[])fields[1]!);
    }

    public static long Version(this Answer answer) =>
        long.Parse(answer.Header("ETag").Trim('"'), CultureInfo.InvariantCulture);
}
