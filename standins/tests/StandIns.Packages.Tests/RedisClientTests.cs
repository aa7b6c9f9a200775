using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace StandIns.Packages.Tests;

public sealed class RedisClientTests
{
    [Fact]
    public async Task A_client_is_registered_with_its_health_check()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        using var host = Build(
            builder => builder.AddRedisClient("redis"),
            ("ConnectionStrings:redis", $"{redis.ConnectionString},protocol=resp2,asyncTimeout=30000,user=default"));

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Same(connection, host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Equal("PONG", (await connection.GetDatabase().ExecuteAsync("PING")).ToString());
        var report = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, Assert.Single(report.Entries, entry => entry.Key == "StackExchange.Redis").Value.Status);

        await redis.KillAsync();
        await Eventually.Until(
            () => CheckAsync(host), r => r.Status == HealthStatus.Unhealthy, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Keyed_clients_live_beside_each_other()
    {
        await using var first = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var second = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        using var host = Build(
            builder =>
            {
                builder.AddKeyedRedisClient("one");
                builder.AddKeyedRedisClient("two");
            },
            ("ConnectionStrings:one", first.ConnectionString),
            ("ConnectionStrings:two", second.ConnectionString));

        await host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("one").GetDatabase().StringSetAsync("x", "1");

        Assert.True((await host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("two").GetDatabase().StringGetAsync("x")).IsNull);
        Assert.Equal(["StackExchange.Redis_one", "StackExchange.Redis_two"], (await CheckAsync(host)).Entries.Keys.Order());
    }

    [Fact]
    public void Without_a_connection_string_the_first_use_says_which_setting_is_missing()
    {
        using var host = Build(builder => builder.AddRedisClient("redis"));

        var exception = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());

        Assert.Contains("ConnectionStrings:redis", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Aspire:StackExchange:Redis:ConnectionString", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_come_from_the_section_then_the_named_section_then_the_connection_string_then_code()
    {
        using var host = Build(
            builder => builder.AddRedisClient(
                "redis",
                settings => Assert.Equal("b:1,connectTimeout=1111", settings.ConnectionString),
                options => options.SyncTimeout = 4444),
            ("Aspire:StackExchange:Redis:ConnectionString", "a:1"),
            ("Aspire:StackExchange:Redis:redis:DisableHealthChecks", "true"),
            ("Aspire:StackExchange:Redis:ConfigurationOptions:SyncTimeout", "2222"),
            ("Aspire:StackExchange:Redis:redis:ConfigurationOptions:ConnectRetry", "7"),
            ("ConnectionStrings:redis", "b:1,connectTimeout=1111"));

        var options = host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;

        Assert.Equal(1111, options.ConnectTimeout);
        Assert.Equal(4444, options.SyncTimeout);
        Assert.Equal(7, options.ConnectRetry);
        Assert.Empty(host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
    }

    [Theory]
    [InlineData("localhost:1", false)]
    [InlineData("localhost:1,abortConnect=true", true)]
    public void Connecting_goes_on_in_the_background_unless_the_connection_string_says_otherwise(string connectionString, bool aborts)
    {
        using var host = Build(builder => builder.AddRedisClient("redis"), ("ConnectionStrings:redis", connectionString));

        Assert.Equal(aborts, host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value.AbortOnConnectFail);
    }

    [Fact]
    public async Task A_client_of_a_server_that_comes_later_connects_by_itself()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await redis.StopAsync();
        using var host = Build(builder => builder.AddRedisClient("redis"), ("ConnectionStrings:redis", redis.ConnectionString));

        var clock = Stopwatch.StartNew();
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.False(connection.IsConnected);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));

        await redis.RestartAsync(TestContext.Current.CancellationToken);
        await Eventually.Until(() => connection.IsConnected, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Task<HealthReport> CheckAsync(IHost host) =>
        host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    private static IHost Build(Action<HostApplicationBuilder> configure, params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        configure(builder);
        return builder.Build();
    }
}
