using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Registration;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// The cache on the real stream engine: publisher, tail and consumer group, as a service registers them.
/// </summary>
public sealed class EndToEndTests(RedisFixture redis)
{
    private readonly string _stream = "test:" + Guid.NewGuid().ToString("N");
    private readonly string _service = ServiceNames.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_evicts_every_instance_and_a_read_at_its_position_is_never_older()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        for (var round = 0; round < 50; round++)
        {
            var old = round.ToString(CultureInfo.InvariantCulture);
            var changed = (round + 1).ToString(CultureInfo.InvariantCulture);
            foreach (var service in new[] { first, second })
            {
                await ReadAsync(service, "company:1", old);
            }

            var position = await first.Publisher.PublishAsync(Renamed(1), Cancellation);
            foreach (var service in new[] { first, second })
            {
                await service.Cache.WaitUntilAppliedAsync(position, Cancellation);
                Assert.Equal(changed, await ReadAsync(service, "company:1", changed));
            }
        }
    }

    [Fact]
    public async Task What_was_changed_while_every_instance_was_down_is_not_served_from_Redis()
    {
        await using (var first = await StartAsync("a"))
        {
            for (var company = 1; company <= 20; company++)
            {
                await ReadAsync(first, $"company:{company}", "old");
                await ReadAsync(first, $"company:{company}:report", "old");
            }

            foreach (
                var key in Enumerable
                    .Range(1, 20)
                    .SelectMany(company => new[] { $"company:{company}", $"company:{company}:report" })
            )
            {
                await Eventually.Until(
                    async () => await redis.Connection.GetDatabase().KeyExistsAsync($"{_service}:1:{key}"),
                    cancellationToken: Cancellation
                );
            }
        }

        await using (var publisher = await StartAsync("p", consumes: false))
        {
            for (var company = 1; company <= 10; company++)
            {
                await publisher.Publisher.PublishAsync(Renamed(company), Cancellation);
                await publisher.Publisher.PublishAsync(
                    new Publication(
                        new CompanyDeleted { CompanyId = company + 10 },
                        $"company/{company + 10}",
                        "Gone."
                    ),
                    Cancellation
                );
            }
        }

        await using var late = await StartAsync("a");
        for (var company = 1; company <= 10; company++)
        {
            Assert.Equal("new", await ReadAsync(late, $"company:{company}", "new"));
            Assert.Equal("new", await ReadAsync(late, $"company:{company + 10}:report", "new"));
        }

        // What was not changed comes from Redis again, once the group has caught up.
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal("old", await ReadAsync(late, "company:1:report", "new"));
    }

    [Fact]
    public async Task An_instance_that_starts_later_trusts_nothing_older_than_an_entry_that_nobody_could_read()
    {
        await using (var first = await StartAsync("a"))
        {
            await ReadAsync(first, "company:1", "old");
            await Eventually.Until(
                async () => await redis.Connection.GetDatabase().KeyExistsAsync($"{_service}:1:company:1"),
                cancellationToken: Cancellation
            );

            // It made something stale; what, is lost with it.
            await redis
                .Connection.GetDatabase()
                .ExecuteAsync("XADD", new StreamKeys(_stream).Stream, "*", "data", "no message");
            await Eventually.Until(
                async () =>
                    (await first.Monitor.GetSnapshotAsync(Cancellation))
                        is { DeadLetters: 1, Groups: [{ Pending: 0, Lag: 0 }] },
                cancellationToken: Cancellation
            );
        }

        await using var late = await StartAsync("b");
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal("new", await ReadAsync(late, "company:1", "new"));
    }

    // https://github.com/JasperFx/wolverine/issues/1847
    [Trait("Suite", "Reported faults")]
    [Theory]
    [InlineData("company/1", "new", "old")]
    [InlineData("user/1", "old", "old")]
    [InlineData("", "new", "new")]
    public async Task A_type_that_this_build_does_not_know_drops_what_its_subject_concerns_in_memory_and_in_Redis(
        string subject,
        string company,
        string other
    )
    {
        await using (var first = await StartAsync("a"))
        {
            await ReadAsync(first, "company:1", "old");
            await ReadAsync(first, "other", "old");
            foreach (var key in new[] { "company:1", "other" })
            {
                await Eventually.Until(
                    async () => await redis.Connection.GetDatabase().KeyExistsAsync($"{_service}:1:{key}"),
                    cancellationToken: Cancellation
                );
            }

            var position = await PublishUnknownAsync(subject);
            await first.Cache.WaitUntilAppliedAsync(position, Cancellation);
            Assert.Equal((company, other), (await PeekAsync(first, "company:1"), await PeekAsync(first, "other")));
            await ParkedAsync(first, 1);
        }

        // Nothing in memory: what Redis has, and the group says of it.
        await using var late = await StartAsync("b");
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal((company, other), (await PeekAsync(late, "company:1"), await PeekAsync(late, "other")));
    }

    [Fact]
    public async Task A_known_event_that_waits_behind_a_parked_one_drops_what_it_makes_stale_at_once()
    {
        await using (var first = await StartAsync("a"))
        {
            await PublishUnknownAsync("user/7");
            await ParkedAsync(first, 1);
            await ReadAsync(first, "company:1", "old");
            await Eventually.Until(
                async () => await redis.Connection.GetDatabase().KeyExistsAsync($"{_service}:1:company:1"),
                cancellationToken: Cancellation
            );

            await first.Publisher.PublishAsync(
                new Publication(new CompanyUpdated { CompanyId = 1 }, "user/7", "Renamed by a user."),
                Cancellation
            );
            await ParkedAsync(first, 2);
        }

        await using var late = await StartAsync("b");
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal("new", await ReadAsync(late, "company:1", "new"));
    }

    [Fact]
    public async Task Removals_reach_the_other_instance_memory_and_Redis()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        foreach (var key in new[] { "k", "p:1", "t" })
        {
            await ReadAsync(first, key, "old", "red");
            await ReadAsync(second, key, "old", "red");
        }

        var position = await first.Cache.InvalidateAsync(
            Invalidation.Of(keys: ["k"], prefixes: ["p"], tags: ["red"]),
            Cancellation
        );
        await second.Cache.WaitUntilAppliedAsync(position, Cancellation);
        foreach (var service in new[] { first, second })
        {
            foreach (var key in new[] { "k", "p:1", "t" })
            {
                Assert.Equal("new", await ReadAsync(service, key, "new", "red"));
            }
        }
    }

    [Fact]
    public async Task The_longest_key_can_be_removed()
    {
        await using var service = await StartAsync("a");
        var key = new string('k', CacheKey.MaxLength);
        await ReadAsync(service, key, "old");
        await service.Cache.RemoveAsync(key, Cancellation);
        Assert.Equal("new", await ReadAsync(service, key, "new"));
    }

    [Fact]
    public async Task A_set_value_is_kept_and_served_by_the_other_instance()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        await ReadAsync(second, "k", "old");

        // Before, an instance trusts nothing in Redis: it would load, and keep what it loaded.
        await Eventually.Until(() => second.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        await first.Cache.SetAsync("k", "set", cancellationToken: Cancellation);
        Assert.Equal("set", await ReadAsync(first, "k", "loaded"));
        await Eventually.Until(
            async () => await ReadAsync(second, "k", "loaded") == "set",
            cancellationToken: Cancellation
        );
    }

    /// <summary>
    /// One writer raises each key's version and announces it; readers on two instances read at the position of the last
    /// announcement. A read is stale if and only if it brings less than what was announced before it began.
    /// </summary>
    [Fact]
    public async Task No_read_at_a_position_is_stale_while_writers_and_readers_run()
    {
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        var truth = new long[8];
        var announced = new (long Version, MessagePosition Position)[8];
        var stale = 0;
        var reads = 0;
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var writer = Task.Run(
            async () =>
            {
                var random = new Random(7);
                while (!end.IsCancellationRequested)
                {
                    var key = random.Next(truth.Length);
                    var version = Interlocked.Increment(ref truth[key]);
                    var position = await first.Publisher.PublishAsync(Renamed(key), CancellationToken.None);
                    lock (announced)
                    {
                        announced[key] = (version, position);
                    }
                }
            },
            Cancellation
        );
        var readers = new[] { first, second, first, second }
            .Select(
                (service, seed) =>
                    Task.Run(
                        async () =>
                        {
                            var random = new Random(seed);
                            while (!end.IsCancellationRequested)
                            {
                                // A hit completes at once: without this the readers would hold every thread, and no
                                // other code could publish or receive.
                                await Task.Yield();
                                var key = random.Next(truth.Length);
                                (long Version, MessagePosition Position) known;
                                lock (announced)
                                {
                                    known = announced[key];
                                }

                                await service.Cache.WaitUntilAppliedAsync(known.Position, CancellationToken.None);
                                var value = await service.Cache.GetOrCreateAsync(
                                    $"company:{key}",
                                    async _ =>
                                    {
                                        var version = Interlocked.Read(ref truth[key]);
                                        await Task.Yield();
                                        return version;
                                    },
                                    cancellationToken: CancellationToken.None
                                );
                                Interlocked.Increment(ref reads);
                                if (value < known.Version)
                                {
                                    Interlocked.Increment(ref stale);
                                }
                            }
                        },
                        Cancellation
                    )
            )
            .ToArray();
        await Task.WhenAll([writer, .. readers]);

        Assert.Equal(0, stale);
        Assert.True(reads > 100, $"Only {reads} reads.");

        // At rest, both instances serve the last version from whatever level.
        for (var key = 0; key < truth.Length; key++)
        {
            foreach (var service in new[] { first, second })
            {
                await service.Cache.WaitUntilAppliedAsync(announced[key].Position, Cancellation);
                Assert.Equal(
                    truth[key],
                    await service.Cache.GetOrCreateAsync(
                        $"company:{key}",
                        _ => ValueTask.FromResult(truth[key]),
                        cancellationToken: Cancellation
                    )
                );
            }
        }
    }

    [Fact]
    public async Task A_cache_whose_applications_connection_was_killed_uses_Redis_again()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var admin = await server.ConnectAsync(admin: true);
        await using var first = await StartAsync("a", redisTimeout: "00:00:01", server: server);
        await ReadAsync(first, "before", "stored");

        // Every connection but the one that says so: the application's, and those of its tail and its group.
        await admin.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        // Past the memory: each read asks Redis, and stores there what it has loaded.
        var inRedis = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
        await Eventually.Until(
            async () =>
            {
                await first.Cache.GetOrCreateAsync(
                    "after",
                    _ => ValueTask.FromResult("stored"),
                    inRedis,
                    cancellationToken: Cancellation
                );
                return await admin.GetDatabase().KeyExistsAsync($"{_service}:1:after");
            },
            TimeSpan.FromMinutes(2),
            Cancellation
        );
        await first.Publisher.PublishAsync(Renamed(1), Cancellation);
        await Eventually.Until(
            async () => (await first.Monitor.GetSnapshotAsync(Cancellation)).Groups is [{ Pending: 0, Lag: 0 }],
            TimeSpan.FromMinutes(2),
            Cancellation
        );
    }

    /// <summary>Reads without storing what is loaded.</summary>
    private static async Task<string> PeekAsync(Service service, string key) =>
        await service.Cache.GetOrCreateAsync(
            key,
            _ => ValueTask.FromResult("new"),
            new HybridCacheEntryOptions
            {
                Flags =
                    HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite,
            },
            cancellationToken: Cancellation
        );

    private static async Task ParkedAsync(Service service, long count) =>
        await Eventually.Until(
            async () => (await service.Monitor.GetSnapshotAsync(Cancellation)).Groups,
            groups => groups is [{ Pending: 0, Lag: 0 } group] && group.Parked == count,
            cancellationToken: Cancellation
        );

    /// <summary>As a newer build would publish it.</summary>
    private async Task<MessagePosition> PublishUnknownAsync(string subject)
    {
        var message = new StreamMessage
        {
            Payload = new Any { TypeUrl = "type.googleapis.com/redisflow.v1.Unheard" },
            SchemaVersion = MessageSchema.CurrentVersion,
            Subject = subject,
        };
        var id = await redis
            .Connection.GetDatabase()
            .StreamAddAsync(new StreamKeys(_stream).Stream, "data", message.ToByteArray());
        return MessagePosition.Parse(id.ToString());
    }

    private static Publication Renamed(int company) =>
        new(new CompanyUpdated { CompanyId = company }, $"company/{company}", "Renamed.");

    private static async Task<string> ReadAsync(Service service, string key, string fresh, params string[] tags) =>
        await service.Cache.GetOrCreateAsync(
            key,
            _ => ValueTask.FromResult(fresh),
            tags: tags,
            cancellationToken: Cancellation
        );

    private async Task<Service> StartAsync(
        string instance,
        bool consumes = true,
        string redisTimeout = "00:00:30",
        RedisDeployment? server = null
    )
    {
        server ??= redis.Server;
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Name"] = _stream,
                ["Streams:InstanceId"] = instance,
                ["Streams:Groups:0"] = "g",
                ["Caching:Service"] = _service,

                // A pause of the machine is no failure of Redis: what is not in time is not stored, and tests look for
                // it.
                ["Caching:RedisTimeout"] = redisTimeout,
            }
        );
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        var streams = builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files);
        if (consumes)
        {
            streams
                .AddStreamConsumer("g")
                .AddHybridCache()
                .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"))
                .InvalidateOn<CompanyDeleted>(deleted => Invalidation.Prefix($"company:{deleted.CompanyId}"))
                .InvalidateOnUnknown(subject =>
                    subject.StartsWith("company/", StringComparison.Ordinal)
                        ? Invalidation.Prefix(subject.Replace('/', ':'))
                        : Invalidation.None
                );
        }

        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return new Service(host);
    }

    private sealed class Service(IHost host) : IAsyncDisposable
    {
        public StreamHybridCache Cache => host.Services.GetRequiredService<StreamHybridCache>();

        public InvalidationLog Log =>
            host.Services.GetRequiredKeyedService<CacheComponents>(CacheRegistration.DefaultKey).Log;

        public IConnectionMultiplexer Connection => host.Services.GetRequiredService<IConnectionMultiplexer>();

        public IStreamMonitor Monitor => host.Services.GetRequiredService<IStreamMonitor>();

        public IStreamPublisher Publisher => host.Services.GetRequiredService<IStreamPublisher>();

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }
    }
}
