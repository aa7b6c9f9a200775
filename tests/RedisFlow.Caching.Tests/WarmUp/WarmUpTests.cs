using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>Warm-up before readiness, and the cache's health.</summary>
public sealed class WarmUpTests(RedisFixture redis)
{
    private readonly TestStream _stream = new();
    private readonly TestTail _tail = new(TimeProvider.System);
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instance_is_not_ready_before_its_declared_keys_are_cached()
    {
        using var host = Build(cache =>
            cache.WarmUp(
                "companies",
                async (services, hybrid, cancellation) =>
                {
                    Assert.NotNull(services.GetRequiredService<Scoped>());
                    await hybrid.GetOrCreateAsync(
                        "company:1",
                        async _ => await _source.Task,
                        cancellationToken: cancellation
                    );
                }
            )
        );
        await host.StartAsync(Cancellation);
        var (status, description) = await CheckAsync(host, "cache-warm-up");
        Assert.Equal((HealthStatus.Unhealthy, "Warming up: companies."), (status, description));

        // The tail has started: what is loaded from now on is stored.
        Hear(host);
        _source.SetResult("v1");
        await Eventually.Until(
            async () => (await CheckAsync(host, "cache-warm-up")).Status == HealthStatus.Healthy,
            cancellationToken: Cancellation
        );
        Assert.Equal(
            "v1",
            await host
                .Services.GetRequiredService<StreamHybridCache>()
                .GetOrCreateAsync("company:1", _ => ValueTask.FromResult("v2"), cancellationToken: Cancellation)
        );
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_warm_up_that_fails_does_not_keep_the_instance_from_being_ready()
    {
        using var host = Build(cache =>
            cache.WarmUp("companies", (_, _, _) => throw new InvalidOperationException("The source is down."))
        );
        await host.StartAsync(Cancellation);
        Hear(host);
        await Eventually.Until(
            async () => (await CheckAsync(host, "cache-warm-up")).Status == HealthStatus.Healthy,
            cancellationToken: Cancellation
        );
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_warm_up_that_takes_too_long_does_not_keep_the_instance_from_being_ready()
    {
        using var host = Build(
            cache => cache.WarmUp("companies", (_, _, cancellation) => _source.Task.WaitAsync(cancellation)),
            new() { ["Caching:WarmUpLimit"] = "00:00:00.2" }
        );
        await host.StartAsync(Cancellation);
        Hear(host);
        await Eventually.Until(
            async () => (await CheckAsync(host, "cache-warm-up")).Status == HealthStatus.Degraded,
            cancellationToken: Cancellation
        );
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Without_the_stream_the_cache_is_degraded()
    {
        using var host = Build(_ => { });
        await host.StartAsync(Cancellation);
        var (status, description) = await CheckAsync(host, "cache");
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Contains("has not reached the stream's end yet", description, StringComparison.Ordinal);
        Hear(host);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, "cache")).Status);
        await host.StopAsync(Cancellation);
    }

    private void Hear(IHost host)
    {
        _tail.Observer = Assert.Single(host.Services.GetServices<IStreamTailObserver>());
        _stream.Attach(_tail);
        _tail.Start(_stream.Last);
        _tail.Heartbeat(null);
    }

    private static async Task<(HealthStatus Status, string? Description)> CheckAsync(IHost host, string name)
    {
        var report = await host
            .Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Name == name, Cancellation);
        var entry = Assert.Single(report.Entries).Value;
        return (entry.Status, entry.Description);
    }

    private IHost Build(Action<StreamHybridCacheBuilder> configure, Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "reporting" }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis.Connection);
        builder.Services.AddSingleton<IStreamPublisher>(_stream);
        builder.Services.AddSingleton<IStreamTail>(_tail);
        builder.Services.AddScoped<CacheInvalidationHandler>();
        builder.Services.AddScoped<Scoped>();
        configure(builder.AddCache(options => options.Service = ServiceNames.New()));
        return builder.Build();
    }

    private sealed class Scoped;
}
