using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace Minimal;

internal static class Orders
{
    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        // Answered from memory until an event says that the order has changed.
        app.MapGet(
                "/orders/{id}",
                (long id, HybridCache cache, IDatabase redis, CancellationToken cancellation) =>
                    cache.GetOrCreateAsync(
                        $"order:{id}",
                        async _ => (long)await redis.StringGetAsync($"total:{id}"),
                        cancellationToken: cancellation
                    )
            )
            .WithCacheOutcome()
            .WithPositionsOfCache();

        // The order and its event commit together. The answer has the event's position, for reads that demand it.
        app.MapPut(
            "/orders/{id}",
            async (long id, long total, IStreamPublisher publisher, IDatabase redis, HttpResponse response) =>
            {
                var transaction = redis.CreateTransaction();
                _ = transaction.StringSetAsync($"total:{id}", total);
                var published = publisher.EnlistAsync(
                    transaction,
                    new Publication(
                        new OrderPlaced { Id = id, Total = total },
                        $"order/{id}",
                        $"Order {id} was placed."
                    )
                );
                await transaction.ExecuteAsync();
                response.SetPosition(await published);
            }
        );
    }
}

internal sealed class SendInvoice(ILogger<SendInvoice> logger) : IStreamHandler<OrderPlaced>
{
    public Task HandleAsync(StreamDelivery<OrderPlaced> delivery, CancellationToken cancellationToken)
    {
        logger.LogInformation("Invoice for order {Id}: {Total} EUR", delivery.Event.Id, delivery.Event.Total);
        return Task.CompletedTask;
    }
}
