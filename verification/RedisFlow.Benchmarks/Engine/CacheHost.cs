using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching;
using RedisFlow.PubSub;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>
/// An instance of a service with its cache, registered as a service registers it: tail, group with the cache's handler,
/// cache.
/// </summary>
internal sealed class CacheHost : IAsyncDisposable
{
    private readonly BenchmarkHost _host;

    private CacheHost(BenchmarkHost host) => _host = host;

    public StreamHybridCache Cache => _host.Services.GetRequiredService<StreamHybridCache>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts an instance; returns when its cache may be used.</summary>
    /// <param name="description">The instance; its group is the service.</param>
    /// <param name="configure">The cache's settings; otherwise their defaults.</param>
    /// <param name="add">Adds what watches the instance.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<CacheHost> StartAsync(
        HostDescription description,
        Action<CachingOptions>? configure,
        Action<IServiceCollection>? add,
        CancellationToken cancellationToken
    )
    {
        var application = BenchmarkHost.BuildWith(
            description,
            (builder, streams) =>
            {
                streams.AddStreamConsumer(description.Groups[0]).AddHybridCache(configure);
                if (description.IsOnPubSub)
                {
                    streams.UsePubSub();
                }

                add?.Invoke(builder.Services);
            }
        );
        var host = new CacheHost(await BenchmarkHost.StartAsync(application, cancellationToken));
        await host.FillAsync("bench:is-serving", 1, cancellationToken);
        return host;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>
    /// Loads a value until the cache has it: not before the tail's first heartbeat, and not where something came in
    /// between.
    /// </summary>
    public async Task FillAsync<T>(string key, T value, CancellationToken cancellationToken = default)
    {
        var loads = 0;
        while (true)
        {
            var before = loads;
            await Cache.GetOrCreateAsync(
                key,
                _ =>
                {
                    loads++;
                    return ValueTask.FromResult(value);
                },
                cancellationToken: cancellationToken
            );
            if (loads == before)
            {
                return;
            }

            await Task.Delay(10, cancellationToken);
        }
    }
}
