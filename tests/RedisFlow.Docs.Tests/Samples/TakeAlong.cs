using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>The libraries in an application that has nothing of this system.</summary>
internal static class TakeAlong
{
    public static void Register(IHostApplicationBuilder builder)
    {
        #region docs: take-along
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("redis")!)
        );
        builder
            .AddRedisStreams("redis", "shop", "billing") // Connection, stream, and the groups that receive everything.
            .AddStreamConsumer("billing")
            .Handle<DealershipClosed, ClosingLetter>()
            .AddHybridCache()
            .InvalidateOn<DealershipClosed>(e => Invalidation.Key($"dealerships:{e.CompanyId}"));
        #endregion
    }

    public static async Task<MessagePosition> CloseFirstAsync(
        HybridCache cache,
        IStreamPublisher publisher,
        Func<CancellationToken, ValueTask<long[]>> load,
        long companyId,
        CancellationToken cancellationToken
    )
    {
        #region docs: take-along-use
        var open = await cache.GetOrCreateAsync($"dealerships:{companyId}", load, cancellationToken: cancellationToken);
        var closed = new DealershipClosed { DealershipId = open[0], CompanyId = companyId };
        var position = await publisher.PublishAsync(
            new Publication(closed, $"company/{companyId}", "A dealership was closed."),
            cancellationToken
        );
        #endregion
        return position;
    }
}
