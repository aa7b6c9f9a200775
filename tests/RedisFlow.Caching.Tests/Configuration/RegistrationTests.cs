using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

public sealed class RegistrationTests(RedisFixture redis)
{
    [Theory]
    [InlineData("Service", "a:b", "catalog")]
    [InlineData("Service", "", "catalog")]
    [InlineData("Version", "1/2", "\"1\"")]
    [InlineData("MaxDisconnectedTime", "00:00:02", "00:00:15")]
    [InlineData("MaxDisconnectedTime", "02:00:00", "00:00:15")]
    [InlineData("MaxLoadTime", "-00:00:01", "00:00:30")]
    [InlineData("RedisTimeout", "00:00:00.001", "00:00:00.500")]
    [InlineData("DefaultExpiration", "00:00:00", "00:05:00")]
    [InlineData("DefaultLocalExpiration", "00:00:00", "00:01:00")]
    [InlineData("LocalEntryLimit", "0", "100000")]
    [InlineData("LocalByteLimit", "100", "134217728")]
    [InlineData("MaxPayloadBytes", "0", "1048576")]
    [InlineData("CompressionThreshold", "-1", "16384")]
    [InlineData("RememberedKeys", "1", "100000")]
    [InlineData("RememberedEpochs", "1", "100000")]
    public async Task A_setting_that_cannot_work_stops_the_start_and_is_named_with_an_example(
        string setting,
        string value,
        string example
    )
    {
        var builder = NewBuilder();
        builder.Configuration.AddInMemoryCollection([new("Caching:" + setting, value)]);
        AddParts(builder);
        builder.AddCache();
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            host.StartAsync(TestContext.Current.CancellationToken)
        );
        Assert.Contains($"Caching:{setting} is ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(example, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_wins_over_configuration_which_wins_over_the_applications_name()
    {
        var builder = NewBuilder();
        AddParts(builder);
        builder.AddCache(options => options.Version = "3");
        builder.Configuration.AddInMemoryCollection([
            new("Caching:Version", "2"),
            new("Caching:LocalEntryLimit", "77"),
        ]);
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<CachingOptions>>().Value;
        Assert.Equal("reporting-app", options.Service);
        Assert.Equal("3", options.Version);
        Assert.Equal(77, options.LocalEntryLimit);
    }

    [Fact]
    public async Task Wires_cache_tail_and_handler_together()
    {
        var stream = new TestStream();
        var tail = new TestTail(TimeProvider.System);
        var builder = NewBuilder();
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis.Connection);
        builder.Services.AddSingleton<IStreamPublisher>(stream);
        builder.Services.AddSingleton<IStreamTail>(tail);
        builder.Services.AddScoped<CacheInvalidationHandler>();
        builder
            .AddCache(options => options.Service = ServiceNames.New())
            .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"))
            .InvalidateOn<CompanyUpdated>(_ => Invalidation.Prefix("companies"));
        using var host = builder.Build();
        tail.Observer = Assert.Single(host.Services.GetServices<IStreamTailObserver>());
        stream.Attach(tail);
        tail.Start(stream.Last);
        tail.Heartbeat(null);

        var cache = host.Services.GetRequiredService<HybridCache>();
        Assert.Same(host.Services.GetRequiredService<StreamHybridCache>(), cache);
        using var scope = host.Services.CreateScope();
        Assert.NotNull(scope.ServiceProvider.GetRequiredService<CacheInvalidationHandler>());

        foreach (var key in new[] { "company:1", "companies:page:1", "company:2" })
        {
            await Read(cache, key, "old");
        }

        stream.Announce(new CompanyUpdated { CompanyId = 1 });
        Assert.Equal("new", await Read(cache, "company:1", "new"));
        Assert.Equal("new", await Read(cache, "companies:page:1", "new"));
        Assert.Equal("old", await Read(cache, "company:2", "new"));
    }

    [Fact]
    public void Registering_twice_is_refused()
    {
        var builder = NewBuilder();
        builder.AddCache();
        Assert.Throws<InvalidOperationException>(() => builder.AddCache());
    }

    private static void AddParts(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IStreamPublisher>(new TestStream());
        builder.Services.AddSingleton<IStreamTail>(new TestTail(TimeProvider.System));
        builder.Services.AddScoped<CacheInvalidationHandler>();
    }

    private static ValueTask<string> Read(HybridCache cache, string key, string fresh) =>
        cache.GetOrCreateAsync(
            key,
            _ => ValueTask.FromResult(fresh),
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static HostApplicationBuilder NewBuilder() =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "reporting-app" });
}
