using Microsoft.EntityFrameworkCore;
using RedisFlow.Streams.EntityFrameworkCore;

namespace RedisFlow.Chaos.Data;

/// <summary>What writers change. Each change raises the version by one.</summary>
internal sealed class Item
{
    public long Id { get; set; }

    public string Value { get; set; } = "";

    public long Version { get; set; }
}

/// <summary>The writers' database.</summary>
internal sealed class SourceDb(DbContextOptions<SourceDb> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    public DbSet<TrackedEvent> Events => Set<TrackedEvent>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Item>(item =>
        {
            item.ToTable("items");
            item.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            item.Property(row => row.Value).HasColumnName("value");
            item.Property(row => row.Version).HasColumnName("version").IsConcurrencyToken();
        });
        modelBuilder.AddOutbox();
    }
}
