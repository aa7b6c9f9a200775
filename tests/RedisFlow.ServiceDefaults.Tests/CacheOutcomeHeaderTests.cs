using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.ServiceDefaults.Caching;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.ServiceDefaults.Tests;

public sealed class CacheOutcomeHeaderTests
{
    [Fact]
    public async Task A_cached_read_tells_where_it_found_its_value()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await StartAsync(redis);
        await Eventually.Until(
            async () => await OutcomeAsync(service, "/api/warm"), outcome => outcome == "L1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("MISS", await OutcomeAsync(service, "/api/company:1"));
        Assert.Equal("L1", await OutcomeAsync(service, "/api/company:1"));
    }

    [Fact]
    public async Task A_request_that_read_nothing_cached_has_no_header()
    {
        await using var service = await TestService.StartAsync(app => app.MapGroup("/api").WithCacheOutcome().MapGet("/x", () => "x"));

        Assert.Null(await OutcomeAsync(service, "/api/x"));
    }

    private static Task<TestService> StartAsync(RedisServer redis) => TestService.StartAsync(
        app => app.MapGroup("/api").WithCacheOutcome().MapGet(
            "/{key}",
            async (string key, HybridCache cache, CancellationToken cancellationToken) =>
                await cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: cancellationToken)),
        builder =>
        {
            builder.AddRedis();
            builder.AddRedisStreams("redis").AddStreamTail().AddStreamConsumer(GroupNames.Reporting).HandleAll<CacheInvalidationHandler>();
            builder.AddStreamHybridCache();
        },
        ("ConnectionStrings:redis", redis.ConnectionString));

    private static async Task<string?> OutcomeAsync(TestService service, string path)
    {
        using var response = await service.Client.GetAsync(path, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return response.Headers.TryGetValues(CacheOutcomeHeader.Name, out var values) ? Assert.Single(values) : null;
    }
}
