using System.Net;

namespace RedisFlow.Services.Tests.Organization;

/// <summary>Redis refuses writes for now: its memory is full, or it has too few replicas.</summary>
public sealed class RefusedWriteTests(RunningSystem system)
{
    private static readonly string[] Viewer = ["viewer"];

    // https://github.com/redis/redis-om-dotnet/issues/443
    [Trait("Suite", "Reported faults")]
    [Theory]
    [InlineData("maxmemory", "1", "0")]
    [InlineData("min-replicas-to-write", "1", "0")]
    public async Task Every_write_is_a_503_that_says_when_to_try_again_and_reads_answer(
        string setting,
        string refusing,
        string usual
    )
    {
        var company = await system.CreateCompanyAsync("Full Motors");
        var other = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(company, "North");
        using var control = await system.Redis.ConnectAsync(admin: true);
        await control.GetDatabase().ExecuteAsync("CONFIG", "SET", setting, refusing);
        try
        {
            AssertRefused(
                await system.Organization.SendJsonAsync(HttpMethod.Post, "api/companies", new { name = "New" })
            );
            AssertRefused(
                await system.Organization.SendJsonAsync(
                    HttpMethod.Put,
                    $"api/companies/{company}",
                    new { name = "Other" }
                )
            );
            AssertRefused(await system.Organization.SendAsync(HttpMethod.Delete, $"api/companies/{company}"));
            AssertRefused(
                await system.Organization.SendJsonAsync(
                    HttpMethod.Post,
                    $"api/companies/{company}/dealerships",
                    new { name = "South" }
                )
            );
            AssertRefused(
                await system.Organization.SendJsonAsync(
                    HttpMethod.Post,
                    $"api/dealerships/{dealership}/transfer",
                    new { toCompanyId = other }
                )
            );
            AssertRefused(
                await system.Organization.SendJsonAsync(HttpMethod.Put, "api/users/4/roles", new { roles = Viewer })
            );

            await AssertAnswersAsync($"api/companies/{company}", "Full Motors");
            await AssertAnswersAsync($"api/companies/{company}/dealerships", "North");
            await AssertAnswersAsync("api/companies", "\"items\"");
            await AssertAnswersAsync("api/users/4", "Nora");
            await AssertAnswersAsync("api/companies/figures", "");
        }
        finally
        {
            await control.GetDatabase().ExecuteAsync("CONFIG", "SET", setting, usual);
        }

        await system.RenameCompanyAsync(company, "Roomy Motors");
    }

    private static void AssertRefused(Answer answer)
    {
        Problem.AssertIn(answer, HttpStatusCode.ServiceUnavailable, "Try again");
        Assert.Equal("2", answer.Header("Retry-After"));
    }

    private async Task AssertAnswersAsync(string path, string text)
    {
        var answer = await system.Organization.GetAsync(path);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
    }
}
