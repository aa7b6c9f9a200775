using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

public sealed class InboxTests(Servers servers)
{
    private readonly string _stream = App.NewName();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_has_its_effects_once_however_often_it_is_delivered()
    {
        await using var app = await StartAsync(await App.CreateDatabaseAsync(servers.Postgres));
        await PublishAsync(app, 3);
        await EffectsAsync(app, 3);

        // All of it again: the group is destroyed, and recreated at the beginning.
        await NothingHappensAgainAsync(app, 3);
    }

    [Fact]
    public async Task A_message_that_was_published_twice_at_two_positions_has_its_effects_once()
    {
        await using var app = await StartAsync(await App.CreateDatabaseAsync(servers.Postgres));
        await PublishAsync(app, 1);
        await EffectsAsync(app, 1);
        var (_, message) = Assert.Single(await app.EntriesAsync(_stream));

        // As a publisher does whose ids are forgotten by then.
        await AddAsync(app, message);
        await PublishAsync(app, 1);

        await EffectsAsync(app, 2);
        await SettledAsync(app);
        Assert.Equal(2, await CountAsync(app));
    }

    [Fact]
    public async Task What_is_settled_has_no_effects_again_when_its_ids_are_removed()
    {
        await using var app = await StartAsync(
            await App.CreateDatabaseAsync(servers.Postgres),
            settings: new() { ["Streams:Inbox:CleanupInterval"] = "00:00:01", ["Streams:Inbox:Retention"] = "00:01:00" }
        );
        await AddAsync(app, Envelope(app, 1), hourOld: 1);
        await AddAsync(app, Envelope(app, 2), hourOld: 2);
        await PublishAsync(app, 1);
        await EffectsAsync(app, 3);
        await app.ReadAsync(db =>
            db.Database.ExecuteSqlRawAsync("UPDATE inbox SET handled_at = now() - interval '1 hour'", Stop)
        );

        // Those of old positions; that of the new one is still needed.
        await Eventually.Until(
            () => app.ReadAsync(db => CountInboxAsync(db)),
            count => count == 1,
            cancellationToken: Stop
        );

        await NothingHappensAgainAsync(app, 3);
    }

    [Fact]
    public async Task Messages_without_an_id_are_told_by_their_positions()
    {
        await using var app = await StartAsync(await App.CreateDatabaseAsync(servers.Postgres));
        var message = Envelope(app, 1);
        message.MessageId = "";

        await AddAsync(app, message);
        await AddAsync(app, message);
        await EffectsAsync(app, 2);
        await NothingHappensAgainAsync(app, 2);
    }

    [Fact]
    public async Task What_was_parked_has_its_effects_when_it_returns_though_the_group_settled_more_since()
    {
        await using var app = await StartAsync(
            await App.CreateDatabaseAsync(servers.Postgres),
            settings: new()
            {
                ["Streams:Inbox:CleanupInterval"] = "00:00:01",
                ["Streams:Inbox:Retention"] = "00:01:00",
                ["Streams:ParkedRetention"] = "00:00:06",
            }
        );

        // A type that no build knows, and behind it a message of its subject.
        var unknown = new StreamMessage
        {
            MessageId = "unknown",
            Subject = "company/1",
            SchemaVersion = 1,
            Payload = new Any { TypeUrl = "type.googleapis.com/redisflow.v1.NotKnownYet" },
        };
        await AddAsync(app, unknown, hourOld: 1);
        await AddAsync(app, Envelope(app, 1), hourOld: 2);
        await AddAsync(app, Envelope(app, 2));
        await EffectsAsync(app, 1);
        await SettledAsync(app);

        // After a while the type becomes a dead letter, and what waited behind it is handled, at its old position.
        await EffectsAsync(app, 2);
        Assert.Equal(2, await CountAsync(app));
    }

    [Fact]
    public async Task A_handler_that_fails_leaves_nothing_behind_and_is_tried_again()
    {
        var failures = new Failures { Left = 2 };
        await using var app = await StartAsync(
            await App.CreateDatabaseAsync(servers.Postgres),
            services => services.AddSingleton(failures)
        );

        await PublishAsync(app, 1);

        await EffectsAsync(app, 1);
        Assert.Equal(0, failures.Left);
        Assert.Equal(1, await CountAsync(app));
        Assert.Equal(1, await app.ReadAsync(db => CountInboxAsync(db)));
    }

    [Fact]
    public async Task What_a_handler_publishes_commits_with_its_effects()
    {
        var failures = new Failures { Left = 1, Answers = true };
        await using var app = await StartAsync(
            await App.CreateDatabaseAsync(servers.Postgres),
            services => services.AddSingleton(failures)
        );

        await PublishAsync(app, 1);

        var answers = await Eventually.Until(
            async () => (await app.EntriesAsync(_stream)).Where(entry => entry.Message.Subject == "answer").ToList(),
            answers => answers.Count > 0,
            cancellationToken: Stop
        );
        Assert.Single(answers);
        Assert.Equal(1, await CountAsync(app));
    }

    [Fact]
    public async Task Two_replicas_with_one_message_have_its_effects_once()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        var gate = new Failures { Gate = new() };
        await using var app = await StartAsync(database, services => services.AddSingleton(gate));
        await PublishAsync(app, 1);
        await gate.Entered.Task.WaitAsync(Eventually.DefaultLimit, Stop);

        // A second delivery of the same message, while the first one's transaction is open.
        var (position, message) = Assert.Single(await app.EntriesAsync(_stream));
        var delivery = new StreamDelivery(position, message, new CompanyUpdated(), "g", "other", 2);
        await using var scope = app.Services.CreateAsyncScope();
        var second = scope
            .ServiceProvider.GetRequiredService<Receiving.InboxTransaction<TestDb>>()
            .HandleAsync(
                delivery,
                _ => throw new InvalidOperationException("It must wait for the first, and then do nothing."),
                Stop
            );
        Assert.False(second.IsCompleted);
        gate.Gate!.SetResult();
        await second;

        await EffectsAsync(app, 1);
    }

    [Fact]
    public async Task A_database_that_is_away_costs_no_attempt_and_loses_nothing()
    {
        await using var postgres = await PostgresServer.StartAsync(Stop);
        var database = await App.CreateDatabaseAsync(postgres);
        await using var app = await StartAsync(database, settings: new() { ["Streams:MaxDeliveries"] = "2" });
        await PublishAsync(app, 1);
        await EffectsAsync(app, 1);

        await postgres.CrashAsync();
        await PublishAsync(app, 5);
        var monitor = app.Services.GetRequiredService<IStreamMonitor>();
        await Eventually.Until(
            () => monitor.GetSnapshotAsync(Stop),
            snapshot => snapshot.Groups.Single().OldestPendingDeliveries > 0,
            cancellationToken: Stop
        );
        await postgres.RestartAsync(Stop);

        await EffectsAsync(app, 6);
        Assert.Equal(0, (await monitor.GetSnapshotAsync(Stop)).DeadLetters);
    }

    [Fact]
    public async Task A_handler_that_saves_events_itself_is_refused()
    {
        var failures = new Failures { Answers = true, Saves = true };
        await using var app = await StartAsync(
            await App.CreateDatabaseAsync(servers.Postgres),
            services => services.AddSingleton(failures),
            new() { ["Streams:MaxDeliveries"] = "1" }
        );

        await PublishAsync(app, 1);

        var letters = await Eventually.Until(
            () => app.Services.GetRequiredService<IStreamAdministration>().GetDeadLettersAsync(cancellationToken: Stop),
            letters => letters.Count > 0,
            cancellationToken: Stop
        );
        Assert.Contains("saved events itself", Assert.Single(letters).Error, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(app));
    }

    [Fact]
    public async Task A_group_that_handles_in_two_contexts_or_twice_is_refused()
    {
        await using var app = App.Build(
            servers.Redis.ConnectionString,
            await App.CreateDatabaseAsync(servers.Postgres),
            _stream,
            stream =>
            {
                var consumer = stream.AddStreamConsumer("g").InTransaction<TestDb>();
                Assert.Throws<InvalidOperationException>(() => consumer.InTransaction<TestDb>());
                Assert.Throws<InvalidOperationException>(() => consumer.InTransaction<OtherDb>());
                Assert.Throws<InvalidOperationException>(() =>
                    stream.AddStream("other").AddStreamConsumer("g").InTransaction<TestDb>()
                );
            }
        );
    }

    private Task<App> StartAsync(
        string database,
        Action<IServiceCollection>? services = null,
        Dictionary<string, string?>? settings = null
    ) =>
        App.StartAsync(
            servers.Redis.ConnectionString,
            database,
            _stream,
            stream =>
            {
                stream.AddOutbox<TestDb>();
                stream.AddStreamConsumer("g").Handle<CompanyUpdated, AddEffect>().InTransaction<TestDb>();
                services?.Invoke(stream.Services);
            },
            settings
        );

    private static async Task PublishAsync(App app, int count)
    {
        var publisher = app.Services.GetRequiredService<IStreamPublisher>();
        for (var i = 1; i <= count; i++)
        {
            await publisher.PublishAsync(App.Renamed(i, "x", 0), Stop);
        }
    }

    /// <summary>Replays everything: of all that is handled, a new message alone has an effect.</summary>
    private static async Task NothingHappensAgainAsync(App app, int effects)
    {
        await app
            .Services.GetRequiredService<IStreamAdministration>()
            .ReplayAsync("g", MessagePosition.Beginning, Stop);
        await PublishAsync(app, 1);

        await EffectsAsync(app, effects + 1);
        await SettledAsync(app);
        Assert.Equal(effects + 1, await CountAsync(app));
    }

    private static StreamMessage Envelope(App app, long company) =>
        app.Services.GetRequiredService<IEnvelopePublisher>().CreateEnvelope(App.Renamed(company, "x", 0));

    /// <summary>Adds an entry as another program does.</summary>
    /// <param name="app">Whose connection is used.</param>
    /// <param name="message">The entry.</param>
    /// <param name="hourOld">Its number among those that were added an hour ago; <c>null</c>: it is added now.</param>
    private async Task AddAsync(App app, StreamMessage message, int? hourOld = null) =>
        await app
            .Services.GetRequiredService<IConnectionMultiplexer>()
            .GetDatabase()
            .StreamAddAsync(
                new StreamKeys(_stream).Stream,
                "data",
                message.ToByteArray(),
                hourOld is { } number
                    ? (RedisValue?)$"{DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()}-{number}"
                    : null
            );

    private static Task<int> CountAsync(App app) => app.ReadAsync(db => db.Effects.CountAsync(Stop));

    private static async Task<long> CountInboxAsync(TestDb db) =>
        (await db.Database.SqlQueryRaw<long>("SELECT count(*) AS \"Value\" FROM inbox").ToListAsync(Stop)).Single();

    private static async Task EffectsAsync(App app, int count) =>
        await Eventually.Until(() => CountAsync(app), effects => effects >= count, cancellationToken: Stop);

    private static async Task SettledAsync(App app) =>
        await Eventually.Until(
            () => app.Services.GetRequiredService<IStreamMonitor>().GetSnapshotAsync(Stop),
            snapshot =>
                snapshot.Groups.Single() is { Pending: 0 } group && group.LastDelivered == snapshot.LastPosition,
            cancellationToken: Stop
        );

    private sealed class OtherDb(DbContextOptions<OtherDb> options) : DbContext(options);

    /// <summary>What the handler does beside its effect.</summary>
    private sealed class Failures
    {
        public int Left { get; set; }

        public bool Answers { get; init; }

        public bool Saves { get; init; }

        public TaskCompletionSource? Gate { get; init; }

        public TaskCompletionSource Entered { get; } = new();
    }

    private sealed class AddEffect(TestDb db, Outbox<TestDb> outbox, IServiceProvider services)
        : IStreamHandler<CompanyUpdated>
    {
        public async Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            db.Add(new Effect { MessageId = delivery.Message.MessageId });
            if (services.GetService<Failures>() is not { } failures || delivery.Message.Subject == "answer")
            {
                return;
            }

            if (failures.Answers)
            {
                outbox.Publish(
                    new Publication(new UserRolesChanged { UserId = 1 }, "answer", "Handled.") { IsOptional = true }
                );
            }

            if (failures.Saves)
            {
                await db.SaveChangesAsync(cancellationToken);
            }

            if (failures.Left > 0)
            {
                failures.Left--;
                await db.SaveChangesAsync(cancellationToken);
                throw new InvalidOperationException("The test wants it.");
            }

            failures.Entered.TrySetResult();
            if (failures.Gate is { } gate)
            {
                await gate.Task.WaitAsync(cancellationToken);
            }
        }
    }
}
