using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.AspNetCore.Tests;

public sealed class UnavailabilityTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Redis_that_was_never_there_is_a_503_in_time()
    {
        // Each time a new service: it is the first use that connects.
        await Soon.Measured(
            Bound,
            async () =>
            {
                await using var service = await StartWithRedisAsync("127.0.0.1:1,protocol=resp2,asyncTimeout=5000");
                var clock = Stopwatch.StartNew();
                var problem = await service.ProblemAsync(HttpMethod.Get, "/redis", 503);
                Assert.Equal("Redis is unavailable", problem.GetProperty("title").GetString());
                return clock.Elapsed;
            }
        );
    }

    [Fact]
    public async Task Redis_that_goes_is_a_503_in_time_and_all_is_well_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await StartWithRedisAsync(redis.ConnectionString);
        await IsOkAsync(service, "/redis");
        await IsOkAsync(service, "/health");

        await redis.KillAsync();
        await Soon.Within(Bound, () => service.ProblemAsync(HttpMethod.Get, "/redis", 503));
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            await Soon.Within(Bound, () => StatusAsync(service, "/health"))
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/alive"));

        await redis.RestartAsync(TestContext.Current.CancellationToken);
        await IsOkAsync(service, "/redis");
        await IsOkAsync(service, "/health");
    }

    [Fact]
    public async Task A_frozen_Redis_is_a_503_in_time()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await StartWithRedisAsync(redis.ConnectionString);
        await IsOkAsync(service, "/redis");

        await ProcessSignal.SendAsync("STOP", redis.ProcessId, TestContext.Current.CancellationToken);
        try
        {
            await Soon.Within(Bound, () => service.ProblemAsync(HttpMethod.Get, "/redis", 503));
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", redis.ProcessId, CancellationToken.None);
        }

        await IsOkAsync(service, "/redis");
    }

    [Fact]
    public async Task Redis_that_is_frozen_from_the_first_connection_on_is_a_503_in_time()
    {
        // Accepts connections (the kernel does) and never answers.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Func<TestService, Task>[] firstUses =
        [
            service => service.ProblemAsync(HttpMethod.Get, "/redis", 503),
            async service => Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(service, "/health")),
        ];
        foreach (var use in firstUses)
        {
            await Soon.Measured(
                Bound,
                async () =>
                {
                    // Each time a new service: it is the first use that connects.
                    await using var service = await StartWithRedisAsync($"{listener.LocalEndpoint}");
                    var clock = Stopwatch.StartNew();
                    await use(service);
                    return clock.Elapsed;
                }
            );
        }
    }

    [Fact]
    public async Task A_change_that_was_not_confirmed_is_a_503()
    {
        await using var service = await TestService.StartAsync(app =>
            app.MapGet("/publish", () => Fail(new StreamPublishException("secret")))
        );

        var problem = await service.ProblemAsync(HttpMethod.Get, "/publish", 503);

        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task An_unexpected_failure_is_a_500_without_its_text(string environment)
    {
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/bug", () => Fail(new InvalidOperationException("secret"))),
            configure: null,
            ("environment", environment)
        );

        var problem = await service.ProblemAsync(HttpMethod.Get, "/bug", 500);

        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, 503)]
    [InlineData(HttpStatusCode.BadGateway, 503)]
    [InlineData(HttpStatusCode.Forbidden, 500)]
    public async Task An_upstream_answer_that_the_service_does_not_handle_is_its_own_failure_unless_it_passes(
        HttpStatusCode upstream,
        int status
    )
    {
        await using var service = await TestService.StartAsync(app =>
            app.MapGet("/upstream", () => Fail(new HttpRequestException("secret", null, upstream)))
        );

        await service.ProblemAsync(HttpMethod.Get, "/upstream", status);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_a_503_in_time()
    {
        await using var service = await TestService.StartAsync(app =>
            app.MapGet(
                "/slow",
                async (CancellationToken cancellationToken) =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                    return "never";
                }
            )
        );

        await Soon.Within(Bound, () => service.ProblemAsync(HttpMethod.Get, "/slow", 503));
    }

    [Fact]
    public async Task An_upstream_service_that_refuses_connections_is_a_503_in_time()
    {
        await using var service = await StartWithUpstreamAsync("http://127.0.0.1:1");

        var problem = await Soon.Within(Bound, () => service.ProblemAsync(HttpMethod.Get, "/upstream", 503));
        Assert.Equal("Upstream service is unavailable", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task An_upstream_service_that_hangs_is_a_503_in_time()
    {
        // Accepts connections (the kernel does) and never answers: as the proxy of a stopped service.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var service = await StartWithUpstreamAsync($"http://{listener.LocalEndpoint}");

        await Soon.Within(Bound, () => service.ProblemAsync(HttpMethod.Get, "/upstream", 503));
    }

    [Fact]
    public async Task An_upstream_service_that_fails_is_a_503()
    {
        await using var upstream = await TestService.StartAsync(app =>
            app.MapGet("/", () => Fail(new InvalidOperationException("secret")))
        );
        await using var service = await StartWithUpstreamAsync(upstream.Client.BaseAddress!.ToString());

        await service.ProblemAsync(HttpMethod.Get, "/upstream", 503);
    }

    private static string Fail(Exception exception) => throw exception;

    private static Task<HttpStatusCode> IsOkAsync(TestService service, string path) =>
        Eventually.Until(
            () => StatusAsync(service, path),
            status => status == HttpStatusCode.OK,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static async Task<HttpStatusCode> StatusAsync(TestService service, string path)
    {
        using var response = await service.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static Task<TestService> StartWithRedisAsync(string connectionString) =>
        TestService.StartAsync(
            app =>
                app.MapGet(
                    "/redis",
                    async (IServiceProvider services, CancellationToken cancellationToken) =>
                    {
                        var database = services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
                        return (await database.ExecuteAsync("PING").WaitAsync(cancellationToken)).ToString();
                    }
                ),
            builder => builder.AddRedis(),
            ("ConnectionStrings:redis", connectionString)
        );

    private static Task<TestService> StartWithUpstreamAsync(string address) =>
        TestService.StartAsync(
            app =>
                app.MapGet(
                    "/upstream",
                    async (HttpClient client, CancellationToken cancellationToken) =>
                        await client.GetStringAsync("https+http://upstream/", cancellationToken)
                ),
            builder => builder.Services.AddHttpClient(Microsoft.Extensions.Options.Options.DefaultName),
            ("services:upstream:http:0", address)
        );
}
