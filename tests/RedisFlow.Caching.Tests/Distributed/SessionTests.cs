using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>ASP.NET Core's sessions, and the registration, as an application uses them.</summary>
public sealed class SessionTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_instances_share_a_session_and_its_use_prolongs_it()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        using var client = NewClient();
        Assert.Equal("0", await client.GetStringAsync(Address(first), Cancellation));
        await client.PostAsync(Address(first), new StringContent("3"), Cancellation);
        Assert.Equal("3", await client.GetStringAsync(Address(second), Cancellation));
        await client.PostAsync(Address(second), new StringContent("4"), Cancellation);
        Assert.Equal("4", await client.GetStringAsync(Address(first), Cancellation));

        // Another browser, another session.
        using var stranger = NewClient();
        Assert.Equal("0", await stranger.GetStringAsync(Address(first), Cancellation));

        // Nearly idle for too long: a read by either instance prolongs it.
        var key = Assert.Single(await SessionKeysAsync());
        var database = redis.Connection.GetDatabase();
        Assert.InRange((await database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(20));
        await database.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
        Assert.Equal("4", await client.GetStringAsync(Address(second), Cancellation));
        Assert.InRange((await database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task A_session_that_nobody_uses_ends()
    {
        await using var app = await StartAsync(TimeSpan.FromMilliseconds(200));
        using var client = NewClient();
        await client.PostAsync(Address(app), new StringContent("3"), Cancellation);
        await Eventually.Until(async () => (await SessionKeysAsync()).Length == 0, cancellationToken: Cancellation);
        Assert.Equal("0", await client.GetStringAsync(Address(app), Cancellation));
    }

    [Fact]
    public async Task Keyed_caches_do_not_see_each_other_and_have_settings_of_their_own()
    {
        var builder = NewBuilder();
        builder.Configuration.AddInMemoryCollection([new("Caching:Distributed:Timeout", "00:00:02"), new("Caching:Distributed:drafts:Timeout", "00:00:03")]);
        builder.AddStreamDistributedCache().AddKeyedStreamDistributedCache("drafts").AddKeyedStreamDistributedCache("tokens");
        using var host = builder.Build();
        var services = host.Services;
        IDistributedCache[] caches =
        [
            services.GetRequiredService<IDistributedCache>(),
            services.GetRequiredKeyedService<IDistributedCache>("drafts"),
            services.GetRequiredKeyedService<IBufferDistributedCache>("tokens"),
        ];
        for (var i = 0; i < caches.Length; i++)
        {
            await caches[i].SetStringAsync("k", $"{i}", Cancellation);
        }

        await caches[2].RemoveAsync("k", Cancellation);
        Assert.Equal(new string?[] { "0", "1", null }, await Task.WhenAll(caches.Select(cache => cache.GetStringAsync("k", Cancellation))));
        Assert.Same(caches[0], services.GetRequiredService<IBufferDistributedCache>());
        Assert.Same(caches[1], services.GetRequiredKeyedService<RedisBufferDistributedCache>("drafts"));
        var settings = services.GetRequiredService<IOptionsMonitor<DistributedCacheOptions>>();
        Assert.Equal(TimeSpan.FromSeconds(2), settings.CurrentValue.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Get("drafts").Timeout);
        Assert.Equal("tests", settings.Get("tokens").Service);
    }

    [Theory]
    [InlineData(null, "Service", "a:b", "Caching:Distributed:Service is 'a:b'", "reporting")]
    [InlineData(null, "Timeout", "00:00:00", "Caching:Distributed:Timeout is 00:00:00", "00:00:05")]
    [InlineData("drafts", "Timeout", "00:02:00", "Caching:Distributed:drafts:Timeout is 00:02:00", "00:00:05")]
    public async Task A_setting_that_cannot_work_stops_the_start_and_is_named(string? key, string setting, string value, string message, string example)
    {
        var builder = NewBuilder();
        builder.Configuration.AddInMemoryCollection([new($"Caching:Distributed{(key is null ? "" : ":" + key)}:{setting}", value)]);
        builder.AddStreamDistributedCache().AddKeyedStreamDistributedCache("drafts");
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(example, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_to_Redis_the_start_stops()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.AddStreamDistributedCache();
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("AddRedisClient", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_be_ambiguous_is_refused_at_the_registration()
    {
        var builder = NewBuilder();
        builder.AddStreamDistributedCache().AddKeyedStreamDistributedCache("drafts");
        Assert.Throws<InvalidOperationException>(() => builder.AddStreamDistributedCache());
        Assert.Throws<InvalidOperationException>(() => builder.AddKeyedStreamDistributedCache("drafts"));
        Assert.Throws<ArgumentException>(() => builder.AddKeyedStreamDistributedCache("a:b"));
        Assert.Throws<ArgumentException>(() => builder.AddKeyedStreamDistributedCache("timeout"));
    }

    private static string Address(WebApplication app) => app.Urls.Single() + "/count";

    // Cookies are kept per host, whatever the port is: as a load balancer shows one host.
    private static HttpClient NewClient() => new();

    private HostApplicationBuilder NewBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis.Connection);
        return builder;
    }

    private Task<string[]> SessionKeysAsync() => redis.KeysAsync($"{_service}/distributed:*");

    private async Task<WebApplication> StartAsync(TimeSpan? idle = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tests" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IConnectionMultiplexer>(redis.Connection);

        // Instances of a service share their keys; here for the cookie.
        builder.Services.AddDataProtection();
        builder.Services.AddSingleton<Microsoft.AspNetCore.DataProtection.IDataProtectionProvider>(Protection);
        builder.AddStreamDistributedCache(options => options.Service = _service);
        builder.Services.AddSession(options => options.IdleTimeout = idle ?? TimeSpan.FromMinutes(20));
        var app = builder.Build();
        app.UseSession();
        app.Run(async context =>
        {
            if (context.Request.Method == HttpMethods.Post)
            {
                using var reader = new StreamReader(context.Request.Body);
                context.Session.SetInt32("count", int.Parse(await reader.ReadToEndAsync(context.RequestAborted), System.Globalization.CultureInfo.InvariantCulture));
                return;
            }

            await context.Response.WriteAsync($"{context.Session.GetInt32("count") ?? 0}", context.RequestAborted);
        });
        await app.StartAsync(Cancellation);
        return app;
    }

    private static Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider Protection { get; } = new();
}
