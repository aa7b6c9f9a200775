using Microsoft.EntityFrameworkCore;

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

/// <summary>A company with a version that each change raises.</summary>
public sealed class Company
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public long Version { get; set; }
}

/// <summary>An effect that must happen once.</summary>
public sealed class Effect
{
    public int Id { get; set; }

    public string MessageId { get; set; } = "";
}

/// <summary>The database of a test's application.</summary>
public sealed class TestDb(DbContextOptions<TestDb> options) : DbContext(options)
{
    public DbSet<Company> Companies => Set<Company>();

    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Company>(company =>
        {
            company.Property(row => row.Id).ValueGeneratedNever();
            company.Property(row => row.Version).IsConcurrencyToken();
        });
        modelBuilder.AddOutbox();
        modelBuilder.AddInbox();
    }
}
