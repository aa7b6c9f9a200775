using Microsoft.EntityFrameworkCore;
using RedisFlow.Streams.EntityFrameworkCore;

namespace RedisFlow.Chaos.Data;

/// <summary>An item as events told of it.</summary>
internal sealed class Copy
{
    public long Id { get; set; }

    public string Value { get; set; } = "";

    public long Version { get; set; }
}

/// <summary>That a message was handled: one row each time that its effects were committed.</summary>
internal sealed class Effect
{
    public long Id { get; set; }

    public string MessageId { get; set; } = "";
}

/// <summary>The readers' database.</summary>
internal sealed class CopyDb(DbContextOptions<CopyDb> options) : DbContext(options)
{
    public DbSet<Copy> Copies => Set<Copy>();

    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Copy>(copy =>
        {
            copy.ToTable("copies");
            copy.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            copy.Property(row => row.Value).HasColumnName("value");
            copy.Property(row => row.Version).HasColumnName("version");
        });
        modelBuilder.Entity<Effect>().ToTable("effects");
        modelBuilder.AddInbox();
    }
}
