using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Streams.EntityFrameworkCore;

namespace RedisFlow.Docs.Tests.Samples;

internal sealed class Dealership
{
    public long Id { get; set; }

    public long CompanyId { get; set; }

    public bool IsClosed { get; set; }
}

internal sealed class ClosedCount
{
    public long Id { get; set; }

    public int Closed { get; set; }
}

#region docs: database-context
internal sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Dealership> Dealerships => Set<Dealership>();

    public DbSet<ClosedCount> Counts => Set<ClosedCount>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.AddInbox();
    }
}
#endregion

/// <summary>An application that publishes from its database, and changes it by events.</summary>
internal static class Shop
{
    public static void Register(IHostApplicationBuilder builder)
    {
        #region docs: database-registration
        builder.Services.AddDbContext<ShopDb>(options =>
            options.UseNpgsql(builder.Configuration.GetConnectionString("shop"))
        );
        builder
            .AddRedisStreams("redis", "dealerships", "shop")
            .AddOutbox<ShopDb>()
            .AddStreamConsumer("shop")
            .Handle<DealershipClosed, CountClosed>()
            .InTransaction<ShopDb>();
        #endregion
    }
}

internal sealed class Closing(ShopDb db, Outbox<ShopDb> outbox)
{
    public async Task<OutboxReceipt> CloseAsync(long id, CancellationToken cancellationToken)
    {
        #region docs: database-save
        var dealership = await db.Dealerships.SingleAsync(row => row.Id == id, cancellationToken);
        dealership.IsClosed = true;
        outbox.Publish(
            new Publication(
                new DealershipClosed { DealershipId = id, CompanyId = dealership.CompanyId },
                $"company/{dealership.CompanyId}",
                "A dealership was closed."
            )
        );
        var receipt = await outbox.SaveChangesAsync(cancellationToken);
        #endregion
        return receipt;
    }
}

#region docs: database-handler
internal sealed class CountClosed(ShopDb db) : IStreamHandler<DealershipClosed>
{
    public async Task HandleAsync(StreamDelivery<DealershipClosed> delivery, CancellationToken cancellationToken)
    {
        var count = await db.Counts.SingleAsync(row => row.Id == delivery.Event.CompanyId, cancellationToken);
        count.Closed++;
    }
}
#endregion
