using System.Net;
using System.Text.Json;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests;

/// <summary>
/// The operators' endpoints of the four services; what each of them does is tested with RedisFlow.ServiceDefaults.
/// </summary>
public sealed class StreamAdminTests(RunningSystem system)
{
    private const string Streams = "api/admin/streams";
    private const string Key = "the-key-of-these-tests";

    private static readonly (string, string) Admin = ("X-Admin-Key", Key);

    [Theory]
    [InlineData("Organization")]
    [InlineData("Reporting")]
    [InlineData("Analytics")]
    [InlineData("Billing")]
    public async Task Nobody_gets_anything_without_the_key_and_the_key_is_written_nowhere(string service)
    {
        await using var instance = await StartAsync(service, ("Logging:LogLevel:Default", "Trace"));
        var operations = await AdminOperationsAsync(instance);

        Assert.Equal(11, operations.Count(operation => operation.Path.StartsWith(Streams, StringComparison.Ordinal)));
        foreach (var (method, path) in operations)
        {
            foreach (var headers in new (string, string)[][] { [], [("X-Admin-Key", Key + "s")] })
            {
                var answer = await instance.SendAsync(method, path, null, headers);
                Problem.AssertIn(answer, HttpStatusCode.Unauthorized, "X-Admin-Key");
            }

            // Without a body some of them are bad requests; with the key they get as far as that.
            var served = await instance.SendAsync(method, path, null, Admin);
            Assert.True(served.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{method} {path}: {served}");
        }

        await Eventually.Until(
            () => instance.Output.Contains($"GET /{Streams}/pending-count refused", StringComparison.Ordinal),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.DoesNotContain(Key, instance.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Reporting", "reporting")]
    [InlineData("Analytics", "analytics")]
    [InlineData("Billing", "billing")]
    public async Task A_consumer_speaks_of_its_own_group_and_of_the_others_by_name(string service, string group)
    {
        await using var instance = await StartAsync(service);

        Assert.Equal(
            group,
            (await OkAsync(instance, HttpMethod.Get, "consumer-group")).GetProperty("group").GetString()
        );
        Assert.Equal(group, (await OkAsync(instance, HttpMethod.Get, "pending")).GetProperty("group").GetString());
        Assert.Equal(group, (await OkAsync(instance, HttpMethod.Get, "dead-letters")).GetProperty("group").GetString());
        Assert.Equal(
            "billing",
            (await OkAsync(instance, HttpMethod.Get, "pending-count?group=billing")).GetProperty("group").GetString()
        );
        Problem.AssertIn(
            await instance.GetAsync($"{Streams}/consumer-group?group=organization", Admin),
            HttpStatusCode.NotFound,
            "analytics, billing, reporting"
        );
    }

    [Fact]
    public async Task Organization_has_no_group_and_names_those_that_there_are()
    {
        await using var organization = await StartAsync("Organization");

        Problem.AssertIn(
            await organization.GetAsync($"{Streams}/consumer-group", Admin),
            HttpStatusCode.BadRequest,
            "analytics, billing, reporting"
        );
        Assert.True(
            (await OkAsync(organization, HttpMethod.Get, "consumer-group?group=billing"))
                .GetProperty("exists")
                .GetBoolean()
        );
        Assert.True(
            (await OkAsync(organization, HttpMethod.Get, "stream-length")).GetProperty("length").GetInt64() > 0
        );
    }

    [Fact]
    public async Task A_pause_by_one_service_holds_the_workers_of_another_until_it_is_resumed_there_too()
    {
        await using var organization = await StartAsync("Organization");
        await using var reporting = await StartAsync("Reporting");
        var company = await system.CreateCompanyAsync();
        await SettledAsync(reporting);
        await OkAsync(organization, HttpMethod.Post, "pause?group=reporting", """{"reason": "a test"}""");
        try
        {
            Assert.Equal(
                "a test",
                (await OkAsync(reporting, HttpMethod.Get, "consumer-group"))
                    .GetProperty("paused")
                    .GetProperty("reason")
                    .GetString()
            );

            // Workers look for pauses twice a second. Once they have seen this one, Billing settles what Reporting is
            // not given.
            await Eventually.Until(
                async () =>
                {
                    await system.RenameCompanyAsync(company, OrganizationSteps.UniqueName());
                    await SettledAsync(reporting, "billing");
                    return Number(await OkAsync(reporting, HttpMethod.Get, "consumer-group"), "lag");
                },
                lag => lag >= 3,
                cancellationToken: TestContext.Current.CancellationToken
            );
        }
        finally
        {
            Assert.True((await OkAsync(reporting, HttpMethod.Post, "resume")).GetProperty("wasPaused").GetBoolean());
        }

        await SettledAsync(reporting);
    }

    /// <summary>Every operation under /api/admin and /api/cache that the service's document has.</summary>
    private static async Task<(HttpMethod Method, string Path)[]> AdminOperationsAsync(ServiceProcess instance) =>
        [
            .. from path in (await instance.GetAsync("openapi/v1.json")).Json.GetProperty("paths").EnumerateObject()
            where
                path.Name.StartsWith("/api/admin/", StringComparison.Ordinal)
                || path.Name.StartsWith("/api/cache/", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            select (
                HttpMethod.Parse(operation.Name),
                path.Name[1..].Replace("{minIdleMs}", "60000", StringComparison.Ordinal)
            ),
        ];

    private static async Task<JsonElement> OkAsync(
        ServiceProcess instance,
        HttpMethod method,
        string path,
        string? json = null
    )
    {
        using var content = json is null
            ? null
            : new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await instance.SendAsync(method, $"{Streams}/{path}", content, Admin);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer.Json;
    }

    private static Task<JsonElement> SettledAsync(ServiceProcess instance, string group = "reporting") =>
        Eventually.Until(
            () => OkAsync(instance, HttpMethod.Get, $"consumer-group?group={group}"),
            state => Number(state, "lag") == 0 && Number(state, "pending") == 0,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>An instance with a key, and polled without a limit that would be in the way.</summary>
    private Task<ServiceProcess> StartAsync(string service, params (string, string)[] settings) =>
        system.StartAsync(service, [("Admin:Key", Key), ("Admin:RequestsPerMinute", "100000"), .. settings]);
}
