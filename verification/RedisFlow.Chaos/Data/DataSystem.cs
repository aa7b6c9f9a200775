using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Data;

/// <summary>The servers and processes of a run.</summary>
internal sealed class DataSystem : IAsyncDisposable
{
    /// <summary>Processes of each kind.</summary>
    public const int Replicas = 2;

    private DataSystem(RedisServer redis, PostgresServer postgres)
    {
        Redis = redis;
        Postgres = postgres;
    }

    public RedisServer Redis { get; }

    public PostgresServer Postgres { get; }

    public IReadOnlyList<DataSlot> Writers { get; private set; } = [];

    public IReadOnlyList<DataSlot> Readers { get; private set; } = [];

    private string Source => Postgres.ConnectionString("source");

    private string Copies => Postgres.ConnectionString("copies");

    /// <summary>Starts everything.</summary>
    public static async Task<DataSystem> StartAsync(DataOptions options, CancellationToken stop)
    {
        // What is confirmed must survive the kill of Redis.
        var redis = await RedisServer.StartAsync(["--appendfsync", "always"], stop);
        var system = new DataSystem(redis, await PostgresServer.StartAsync(stop));
        try
        {
            await system.CreateAsync(options.Items, stop);
            DataSlot[] Slots(string role, Func<string, DataArguments> arguments) =>
                [
                    .. Enumerable
                        .Range(0, Replicas)
                        .Select(i => new DataSlot(
                            options.Output,
                            string.Create(CultureInfo.InvariantCulture, $"{role}-{i}"),
                            role,
                            arguments
                        )),
                ];
            system.Writers = Slots(
                Roles.DataWriter,
                name => system.Writer(name, options, RunFiles.Receipts(options.Output, name))
            );
            system.Readers = Slots(
                Roles.DataReader,
                name => new(redis.ConnectionString, system.Copies, name, options.Items, options.Break)
            );
            await Task.WhenAll(system.Writers.Concat(system.Readers).Select(slot => slot.StartAsync(stop)));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>A writer that only relays.</summary>
    public DataSlot Relay(DataOptions options) =>
        new(options.Output, "relay", Roles.DataWriter, name => Writer(name, options, null));

    /// <summary>Opens the writers' database.</summary>
    public SourceDb OpenSource() =>
        new(new DbContextOptionsBuilder<SourceDb>().UseNpgsql(Source, npgsql => npgsql.EnableRetryOnFailure()).Options);

    /// <summary>Opens the readers' database.</summary>
    public CopyDb OpenCopies() =>
        new(new DbContextOptionsBuilder<CopyDb>().UseNpgsql(Copies, npgsql => npgsql.EnableRetryOnFailure()).Options);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Writers.Concat(Readers))
        {
            await slot.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private DataArguments Writer(string name, DataOptions options, string? receipts) =>
        new(Redis.ConnectionString, Source, name, options.Items, options.Break, receipts);

    private async Task CreateAsync(int items, CancellationToken stop)
    {
        await using var source = OpenSource();
        await source.Database.EnsureCreatedAsync(stop);
        source.AddRange(Enumerable.Range(0, items).Select(id => new Item { Id = id }));
        await source.SaveChangesAsync(stop);
        await using var copies = OpenCopies();
        await copies.Database.EnsureCreatedAsync(stop);
    }
}
