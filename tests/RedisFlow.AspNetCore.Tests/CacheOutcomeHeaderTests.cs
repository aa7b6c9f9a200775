using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Hosting;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests;

public sealed class CacheOutcomeHeaderTests
{
    private volatile bool _isSourceDown;

    [Fact]
    public async Task A_cached_read_tells_where_it_found_its_value()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await StartAsync(redis);
        await Eventually.Until(
            async () => await OutcomeAsync(service, "/api/warm"),
            outcome => outcome == "L1",
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal("MISS", await OutcomeAsync(service, "/api/company:1"));
        Assert.Equal("L1", await OutcomeAsync(service, "/api/company:1"));
    }

    [Fact]
    public async Task An_expired_value_in_place_of_a_load_that_fails_is_told_as_stale()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await StartAsync(
            redis,
            ("Caching:Policies:all:Expiration", "00:00:00.200"),
            ("Caching:Policies:all:FailSafe", "01:00:00")
        );
        await Eventually.Until(
            async () => await OutcomeAsync(service, "/api/company:1"),
            outcome => outcome == "L1",
            cancellationToken: TestContext.Current.CancellationToken
        );

        _isSourceDown = true;

        await Eventually.Until(
            async () => await OutcomeAsync(service, "/api/company:1"),
            outcome => outcome == "STALE",
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task A_request_that_read_nothing_cached_has_no_header()
    {
        await using var service = await TestService.StartAsync(app =>
            app.MapGroup("/api").WithCacheOutcome().MapGet("/x", () => "x")
        );

        Assert.Null(await OutcomeAsync(service, "/api/x"));
    }

    private Task<TestService> StartAsync(RedisServer redis, params (string, string)[] settings) =>
        TestService.StartAsync(
            app =>
                app.MapGroup("/api")
                    .WithCacheOutcome()
                    .MapGet(
                        "/{key}",
                        async (string key, HybridCache cache, CancellationToken cancellationToken) =>
                            await cache.GetOrCreateAsync(key, _ => Load(), cancellationToken: cancellationToken)
                    ),
            builder =>
            {
                builder.AddRedis();
                builder.AddRedisStreams("redis", "s").AddStreamConsumer(GroupNames.Reporting).AddHybridCache();
            },
            [("ConnectionStrings:redis", redis.ConnectionString), .. settings]
        );

    private ValueTask<string> Load() =>
        _isSourceDown ? throw new HttpRequestException("The source is down.") : ValueTask.FromResult("value");

    private static async Task<string?> OutcomeAsync(TestService service, string path)
    {
        using var response = await service.Client.GetAsync(path, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return response.Headers.TryGetValues(CacheOutcomeHeader.Name, out var values) ? Assert.Single(values) : null;
    }
}
