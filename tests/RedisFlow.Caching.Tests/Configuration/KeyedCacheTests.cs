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

/// <summary>Several caches in one application.</summary>
public sealed class KeyedCacheTests(RedisFixture redis)
{
    private readonly TestStream _stream = new();
    private readonly string _service = ServiceNames.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_cache_has_entries_of_its_own_and_drops_what_its_own_mapping_says()
    {
        var builder = NewBuilder(new() { ["Caching:Service"] = _service });
        builder.AddCache().InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));
        builder
            .AddKeyedCache("orders")
            .InvalidateOn<CompanyDeleted>(deleted => Invalidation.Key($"company:{deleted.CompanyId}"));
        using var host = Start(builder);
        var cache = host.Services.GetRequiredService<HybridCache>();
        var orders = host.Services.GetRequiredKeyedService<HybridCache>("orders");
        Assert.NotSame(cache, orders);
        Assert.Equal("a", await ReadAsync(cache, "a"));
        Assert.Equal("b", await ReadAsync(orders, "b"));

        _stream.Announce(new CompanyUpdated { CompanyId = 1 });
        Assert.Equal("c", await ReadAsync(cache, "c"));
        Assert.Equal("b", await ReadAsync(orders, "d"));
        _stream.Announce(new CompanyDeleted { CompanyId = 1 });
        Assert.Equal("c", await ReadAsync(cache, "e"));
        Assert.Equal("f", await ReadAsync(orders, "f"));

        // What one cache removes stays with the other.
        await orders.RemoveByTagAsync("*", Cancellation);
        Assert.Equal("c", await ReadAsync(cache, "g"));
        Assert.Equal("h", await ReadAsync(orders, "h"));
    }

    [Fact]
    public async Task The_group_keeps_the_entries_of_all_of_them_right_in_Redis()
    {
        var builder = NewBuilder(new() { ["Caching:Service"] = _service });
        builder.AddCache().InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));
        builder
            .AddKeyedCache("orders")
            .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));
        using var host = Start(builder);
        _stream.Announce(new CompanyUpdated { CompanyId = 1 });
        using var scope = host.Services.CreateScope();
        await scope
            .ServiceProvider.GetRequiredService<CacheInvalidationHandler>()
            .HandleAsync(_stream.Messages[0].Delivery, Cancellation);

        var database = redis.Connection.GetDatabase();
        Assert.True(await database.KeyExistsAsync($"{_service}:1:company:1"));
        Assert.True(await database.KeyExistsAsync($"{_service}.orders:1:company:1"));
    }

    [Fact]
    public void An_additional_cache_takes_over_the_settings_and_not_the_policies()
    {
        var builder = NewBuilder(
            new()
            {
                ["Caching:Service"] = "reporting",
                ["Caching:DefaultExpiration"] = "00:07:00",
                ["Caching:LocalEntryLimit"] = "77",
                ["Caching:Policies:reports:KeyPrefix"] = "report",
                ["Caching:Additional:orders:LocalEntryLimit"] = "99",
            }
        );
        builder.AddCache();
        builder.AddKeyedCache("orders");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<CachingOptions>>().Get("orders");
        Assert.Equal(
            ("reporting.orders", TimeSpan.FromMinutes(7), 99),
            (options.Service, options.DefaultExpiration, options.LocalEntryLimit)
        );
        Assert.Empty(options.Policies);
    }

    [Fact]
    public async Task A_bad_setting_of_an_additional_cache_is_named_whole()
    {
        var builder = NewBuilder(
            new()
            {
                ["Caching:Additional:orders:LocalEntryLimit"] = "0",
                ["Caching:Additional:orders:Policies:p:EagerRefresh"] = "7",
            }
        );
        builder.AddKeyedCache("orders");
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("Caching:Additional:orders:LocalEntryLimit is 0.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Caching:Additional:orders:Policies:p:EagerRefresh is 7.",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_caches_cannot_share_their_entries_in_Redis()
    {
        var builder = NewBuilder(
            new() { ["Caching:Service"] = "reporting", ["Caching:Additional:orders:Service"] = "reporting" }
        );
        builder.AddCache();
        builder.AddKeyedCache("orders");
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("Caching:Service is 'reporting' for 2 caches", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    public void A_key_that_cannot_be_in_a_settings_name_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() =>
            NewBuilder([]).AddRedisStreams("redis", "s").AddStreamConsumer("g").AddKeyedHybridCache(key)
        );

    [Fact]
    public void A_key_is_taken_once()
    {
        var builder = NewBuilder([]);
        builder.AddKeyedCache("orders");
        Assert.Throws<InvalidOperationException>(() => builder.AddKeyedCache("orders"));
    }

    private static ValueTask<string> ReadAsync(HybridCache cache, string fresh) =>
        cache.GetOrCreateAsync("company:1", _ => ValueTask.FromResult(fresh), cancellationToken: Cancellation);

    private IHost Start(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        foreach (var observer in host.Services.GetServices<IStreamTailObserver>())
        {
            var tail = new TestTail(TimeProvider.System) { Observer = observer };
            _stream.Attach(tail);
            tail.Start(_stream.Last);
            tail.Heartbeat(_stream.Last);
        }

        return host;
    }

    private HostApplicationBuilder NewBuilder(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "app" }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis.Connection);
        builder.Services.AddSingleton<IStreamPublisher>(_stream);
        builder.Services.AddSingleton<IStreamTail>(new TestTail(TimeProvider.System));
        builder.Services.AddScoped<CacheInvalidationHandler>();
        return builder;
    }
}
