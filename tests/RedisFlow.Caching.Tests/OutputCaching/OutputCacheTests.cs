using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.AspNetCore.OutputCaching;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// ASP.NET Core's output cache over the stream: applications on Kestrel, of one service, on one stream and one Redis.
/// </summary>
public sealed class OutputCacheTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_rendered_once_for_all_instances_and_announces_nothing()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        Assert.Equal("1", await first.GetAsync());

        await StoredAsync();
        Assert.Equal("1", await first.GetAsync());
        Assert.Equal("1", await second.GetAsync());
        Assert.Equal(0, second.Renders);
        Assert.Empty(_stream.Messages);
    }

    [Fact]
    public async Task A_page_is_dropped_by_its_tag_from_another_instance()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        Assert.Equal("1", await first.GetAsync());
        await StoredAsync();
        await second.Store.EvictByTagAsync("other", Cancellation);
        Assert.Equal("1", await first.GetAsync());
        await second.Store.EvictByTagAsync("pages", Cancellation);
        Assert.Equal("2", await first.GetAsync());
    }

    [Fact]
    public async Task A_render_that_an_eviction_overtakes_is_not_stored()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        var hold = first.Hold();
        var early = first.GetAsync();
        await hold.Reached;
        await second.Store.EvictByTagAsync("pages", Cancellation);
        hold.Release();
        Assert.Equal("1", await early);
        await Eventually.Until(
            () => first.Instance.Metrics.DiscardedL1Fills.Value == 1,
            cancellationToken: Cancellation
        );
        Assert.Equal("2", await first.GetAsync());
        await StoredAsync();
        Assert.Equal("2", await first.GetAsync());
    }

    /// <summary>The store sees keys only: the older render must not be taken for the younger one.</summary>
    [Fact]
    public async Task A_render_from_before_an_eviction_does_not_replace_one_from_after_it()
    {
        await using var first = await StartAsync();
        var hold = first.Hold();
        var early = first.GetAsync();
        await hold.Reached;
        await first.Store.EvictByTagAsync("pages", Cancellation);

        // This one misses, too, and is held: both are under way at once.
        var later = first.Hold();
        var late = first.GetAsync();
        await later.Reached;
        hold.Release();
        Assert.Equal("1", await early);
        await Eventually.Until(
            () => first.Instance.Metrics.DiscardedL1Fills.Value == 1,
            cancellationToken: Cancellation
        );
        Assert.Empty(await PagesAsync());
        later.Release();
        Assert.Equal("2", await late);
        await StoredAsync();
        Assert.Equal("2", await first.GetAsync());
    }

    [Fact]
    public async Task Requests_of_one_page_at_one_position_share_a_render()
    {
        await using var app = await StartAsync(locking: true);
        var hold = app.Hold();
        var first = app.GetAsync();
        await hold.Reached;
        var second = app.GetAsync();

        // The second has looked for the page as well: nothing but the first one's render is left to it.
        await Eventually.Until(() => app.Instance.StatisticsOf().Misses.Value == 2, cancellationToken: Cancellation);
        hold.Release();
        Assert.Equal(["1", "1"], await Task.WhenAll(first, second));
        Assert.Equal(1, app.Renders);
    }

    [Fact]
    public async Task A_request_after_an_eviction_is_not_given_a_render_from_before_it()
    {
        await using var app = await StartAsync(locking: true);
        var hold = app.Hold();
        var early = app.GetAsync();
        await hold.Reached;
        await app.Store.EvictByTagAsync("pages", Cancellation);
        Assert.Equal("2", await app.GetAsync());
        hold.Release();
        Assert.Equal("1", await early);
        await StoredAsync();
        Assert.Equal("2", await app.GetAsync());
    }

    [Fact]
    public async Task While_blind_every_request_has_a_render_of_its_own_and_none_is_stored()
    {
        await using var app = await StartAsync(locking: true);
        app.Instance.Time.Advance(TimeSpan.FromSeconds(16));
        var hold = app.Hold();
        var early = app.GetAsync();
        await hold.Reached;
        Assert.Equal("2", await app.GetAsync());
        hold.Release();
        Assert.Equal("1", await early);
        app.Instance.Tail.Heartbeat(null);
        Assert.Equal("3", await app.GetAsync());
        await StoredAsync();
        Assert.Equal("3", await app.GetAsync());
    }

    [Fact]
    public async Task Outside_of_a_request_nothing_is_stored()
    {
        await using var app = await StartAsync();
        await app.Store.SetAsync("k", [1], ["pages"], TimeSpan.FromMinutes(1), Cancellation);
        Assert.Null(await app.Store.GetAsync("k", Cancellation));
    }

    [Fact]
    public void Every_key_has_a_valid_digest_of_its_own()
    {
        string[] keys =
        [
            "",
            "GET\u001EHTTP\u001E/A",
            "GET\u001EHTTP\u001E/B",
            "GET\u001FHTTP\u001E/A",
            new string('x', 5000),
        ];
        string[] digests = [.. keys.Select(StreamOutputCacheStore.Digest)];
        Assert.Equal(keys.Length, digests.Distinct().Count());
        Assert.All(digests, digest => CacheKey.Validate(digest, "key", "key"));
        Assert.All(digests, digest => Assert.StartsWith("output:", digest, StringComparison.Ordinal));
    }

    private Task<string[]> PagesAsync() => redis.KeysAsync($"{_service}:1:output:*");

    /// <summary>A page is stored after it was sent.</summary>
    private Task StoredAsync() =>
        Eventually.Until(async () => (await PagesAsync()).Length == 1, cancellationToken: Cancellation);

    // Each instance listens on a port of its own; a load balancer would show one host.
    private async Task<App> StartAsync(bool locking = false)
    {
        var instance = new TestInstance(_stream, redis.Connection, _service);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tests" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(instance.Cache);
        builder.AddStreamOutputCache(options =>
            options.AddBasePolicy(policy =>
                policy.Expire(TimeSpan.FromMinutes(10)).Tag("pages").SetLocking(locking).SetVaryByHost(false)
            )
        );
        var app = new App(instance, builder);
        await app.Web.StartAsync(Cancellation);
        return app;
    }

    private sealed class App : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { Timeout = Eventually.DefaultLimit };
        private readonly ConcurrentQueue<PageHold> _holds = new();
        private int _renders;

        public App(TestInstance instance, WebApplicationBuilder builder)
        {
            Instance = instance;
            Web = builder.Build();
            Web.UseOutputCache();
            Web.Run(async context =>
            {
                var render = Interlocked.Increment(ref _renders);
                if (_holds.TryDequeue(out var hold))
                {
                    await hold.EnterAsync();
                }

                await context.Response.WriteAsync(
                    render.ToString(CultureInfo.InvariantCulture),
                    context.RequestAborted
                );
            });
        }

        public TestInstance Instance { get; }

        public WebApplication Web { get; }

        public int Renders => Volatile.Read(ref _renders);

        public IOutputCacheStore Store => Web.Services.GetRequiredService<IOutputCacheStore>();

        /// <summary>Holds the next render.</summary>
        public PageHold Hold()
        {
            var hold = new PageHold();
            _holds.Enqueue(hold);
            return hold;
        }

        public Task<string> GetAsync() => _client.GetStringAsync(Web.Urls.Single(), Cancellation);

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await Web.DisposeAsync();
            await Instance.DisposeAsync();
        }
    }

    /// <summary>Holds a render until it is released.</summary>
    private sealed class PageHold
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(Eventually.DefaultLimit, Cancellation);

        public Task EnterAsync()
        {
            _reached.TrySetResult();
            return _released.Task;
        }

        public void Release() => _released.TrySetResult();
    }
}
