using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.EntityFrameworkCore.Relaying;
using RedisFlow.Testing;

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

public sealed class RelayTests(Servers servers)
{
    private readonly string _stream = App.NewName();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_instance_relays_and_another_takes_over_at_once_when_it_stops()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);

        // The lease alone would take longer than the test waits.
        var settings = new Dictionary<string, string?> { ["Streams:Outbox:LeaseDuration"] = "00:05:00" };
        await using var one = await StartAsync(database, settings);
        var first = await OwnerAsync(one, owner => owner is not null);
        await using var two = await StartAsync(database, settings);
        await SaveAsync(two, 1);
        await PublishedAsync(two, 1);
        Assert.Equal(first, await OwnerAsync(two, _ => true));

        await one.StopAsync();

        await OwnerAsync(two, owner => owner != first);
        await SaveAsync(two, 2);
        await PublishedAsync(two, 2);
    }

    [Fact]
    public async Task What_a_dead_instance_left_is_relayed_when_its_lease_ends()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        await using var app = App.Build(servers.Redis.ConnectionString, database, _stream, Outbox);
        await SaveAsync(app, 1);

        // As an instance leaves it that was killed: a lease, and an event that no one published.
        await app.ReadAsync(db =>
            db.Database.ExecuteSqlRawAsync(
                "INSERT INTO event_relay VALUES ('relay', 'dead', 7, clock_timestamp() + interval '1 second')",
                Stop
            )
        );
        await using var other = await StartAsync(database);

        await PublishedAsync(other, 1);
        Assert.NotEqual("dead", await OwnerAsync(other, _ => true));
        Assert.Equal(8, await other.ReadAsync(db => FenceAsync(db)));
    }

    [Fact]
    public async Task A_relay_that_was_frozen_beyond_its_lease_stores_nothing()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        await using var frozen = App.Build(servers.Redis.ConnectionString, database, _stream, Outbox);
        await using var next = App.Build(servers.Redis.ConnectionString, database, _stream, Outbox);
        await SaveAsync(frozen, 1);
        var id = await frozen.ReadAsync(db => db.Set<TrackedEvent>().Select(row => row.MessageId).SingleAsync(Stop));

        var old = await frozen.ReadAsync(db => StoreOf(frozen).HoldLeaseAsync(db, Stop));
        Assert.Null(await next.ReadAsync(db => StoreOf(next).HoldLeaseAsync(db, Stop)));
        var current = await Eventually.Until(
            () => next.ReadAsync(db => StoreOf(next).HoldLeaseAsync(db, Stop)),
            fence => fence is not null,
            cancellationToken: Stop
        );

        Assert.Equal(old + 1, current);
        var late = new MessagePosition(1, 0);
        Assert.Equal(0, await frozen.ReadAsync(db => StoreOf(frozen).StoreAsync(db, old!.Value, [id], [late], Stop)));
        Assert.Equal(1, await next.ReadAsync(db => StoreOf(next).StoreAsync(db, current!.Value, [id], [late], Stop)));
    }

    [Fact]
    public async Task More_events_than_a_batch_has_are_relayed_in_their_order()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        var settings = new Dictionary<string, string?> { ["Streams:Outbox:BatchSize"] = "10" };
        await using var writer = App.Build(servers.Redis.ConnectionString, database, _stream, Outbox);
        foreach (var i in Enumerable.Range(1, 35))
        {
            await SaveAsync(writer, i % 3);
        }

        await using var app = await StartAsync(database, settings);

        var entries = await Eventually.Until(
            () => app.EntriesAsync(_stream),
            entries => entries.Count == 35,
            cancellationToken: Stop
        );
        Assert.All(
            entries.GroupBy(entry => entry.Message.Subject),
            subject => Assert.Equal(subject.OrderBy(entry => entry.Message.EntityVersion), subject)
        );
    }

    [Fact]
    public async Task The_relay_goes_on_after_the_database_was_away()
    {
        await using var postgres = await PostgresServer.StartAsync(Stop);
        var database = await App.CreateDatabaseAsync(postgres);
        await using var app = await StartAsync(database);
        await SaveAsync(app, 1);
        await PublishedAsync(app, 1);

        await postgres.CrashAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync(app, 2));
        await postgres.RestartAsync(Stop);

        await Eventually.Until(
            async () =>
            {
                await SaveAsync(app, 3);
                return true;
            },
            cancellationToken: Stop
        );
        await Eventually.Until(
            () => app.EntriesAsync(_stream),
            entries => entries.Any(entry => entry.Message.Subject == "company/3"),
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task What_waits_while_Redis_is_away_is_a_metric()
    {
        await using var redis = await RedisServer.StartAsync(Stop);
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        await using var app = await App.StartAsync(redis.ConnectionString, database, _stream, Outbox);
        await OwnerAsync(app, owner => owner is not null);
        await redis.StopAsync();

        await SaveAsync(app, 1);

        await Eventually.Until(() => Pending(app), pending => pending == 1, cancellationToken: Stop);
        await redis.RestartAsync(Stop);
        await Eventually.Until(() => Pending(app), pending => pending == 0, cancellationToken: Stop);
    }

    [Fact]
    public async Task A_context_without_the_tables_stops_the_start_with_what_to_add()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            App.StartAsync(
                servers.Redis.ConnectionString,
                database,
                _stream,
                stream =>
                {
                    stream.Services.AddDbContext<BareDb>(options => options.UseNpgsql(database));
                    stream.AddOutbox<BareDb>();
                }
            )
        );

        Assert.Contains("modelBuilder.AddOutbox()", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PublishTimeout", "00:01:00", "Streams:Outbox:PublishTimeout")]
    [InlineData("PollInterval", "00:00:00", "Streams:Outbox:PollInterval")]
    [InlineData("LeaseDuration", "00:00:00.200", "Streams:Outbox:LeaseDuration")]
    [InlineData("IdleTimeout", "00:00:00", "Streams:Outbox:IdleTimeout")]
    [InlineData("BatchSize", "0", "Streams:Outbox:BatchSize")]
    [InlineData("Retention", "00:00:01", "Streams:Outbox:Retention")]
    public async Task A_setting_that_cannot_be_stops_the_start_with_its_name(string setting, string value, string name)
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);

        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            StartAsync(database, new() { [$"Streams:Outbox:{setting}"] = value })
        );

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("e.g.", refused.Message, StringComparison.Ordinal);
    }

    private Task<App> StartAsync(string database, Dictionary<string, string?>? settings = null) =>
        App.StartAsync(servers.Redis.ConnectionString, database, _stream, Outbox, settings);

    private static void Outbox(RedisStreamsBuilder stream) => stream.AddOutbox<TestDb>();

    private static RelayStore<TestDb> StoreOf(App app) => app.Services.GetRequiredService<RelayStore<TestDb>>();

    /// <summary>Saves a change with its event, and leaves the event to the relay.</summary>
    private static Task<int> SaveAsync(App app, long company) =>
        app.InScopeAsync(
            async (db, outbox) =>
            {
                await App.RenameAsync(db, outbox, company, "x");
                return await db.SaveChangesAsync(Stop);
            }
        );

    private static Task<string?> OwnerAsync(App app, Func<string?, bool> condition) =>
        Eventually.Until(
            () =>
                app.ReadAsync(async db =>
                    (
                        await db
                            .Database.SqlQueryRaw<string>("SELECT owner AS \"Value\" FROM event_relay")
                            .ToListAsync(Stop)
                    ).SingleOrDefault()
                ),
            condition,
            cancellationToken: Stop
        );

    private static async Task<long> FenceAsync(TestDb db) =>
        (await db.Database.SqlQueryRaw<long>("SELECT fence AS \"Value\" FROM event_relay").ToListAsync(Stop)).Single();

    private static async Task PublishedAsync(App app, long company) =>
        await Eventually.Until(
            () =>
                app.ReadAsync(db =>
                    db.Set<TrackedEvent>()
                        .Where(row => row.Subject == $"company/{company}")
                        .Select(row => row.Status)
                        .ToListAsync(Stop)
                ),
            statuses => statuses.Count > 0 && statuses.All(status => status == TrackedEventStatus.Published),
            cancellationToken: Stop
        );

    /// <summary>The gauge of this application; others run at the same time.</summary>
    private static Task<long?> Pending(App app)
    {
        long? pending = null;
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "redisflow.outbox.pending" && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => pending = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return Task.FromResult(pending);
    }

    private sealed class BareDb(DbContextOptions<BareDb> options) : DbContext(options);
}
