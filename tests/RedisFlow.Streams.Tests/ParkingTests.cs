using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Consuming.Settling;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// Builds of one service side by side, as in a rolling deployment: the new one knows a type, <see cref="StringValue"/>,
/// that the old one does not.
/// </summary>
public sealed class ParkingTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const string NewType = "google.protobuf.StringValue";

    private readonly string _stream = TestHost.NewStream();

    private StreamKeys Keys => new(_stream);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // https://github.com/JasperFx/wolverine/issues/1847
    [Trait("Suite", "Reported faults")]
    [Fact]
    public async Task A_type_that_a_build_does_not_know_is_parked_and_handled_in_order_once_a_worker_knows_it()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        var first = await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
        await publisher.Publisher.PublishAsync(New(1, "third"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(2), Cancellation);

        var group = await old.DrainedAsync();

        Assert.Equal([2L], old.Handled.Companies);
        Assert.Equal(3, group.Parked);
        Assert.Equal([KeyValuePair.Create(NewType, 2L)], group.ParkedFor);

        await using var @new = await StartAsync("new", knows: true);
        await ParkedAsync(@new, 0);

        Assert.Equal(["first", "second", "third"], @new.Handled.All.Select(Text));
        Assert.Equal(first, @new.Handled.All[0].Position);
        Assert.All(@new.Handled.All, delivery => Assert.Equal(1, delivery.DeliveryCount));
        Assert.Equal([2L], old.Handled.Companies);
        Assert.Equal(0, await redis.Database.StreamLengthAsync(Keys.Dead));
        Assert.Equal([], await ParkedKeysAsync());

        // And from then on without a detour.
        await @new.Publisher.PublishAsync(TestHost.Renamed(1, "fourth"), Cancellation);
        await @new.DrainedAsync();
        Assert.Contains("fourth", @new.Handled.All.Concat(old.Handled.All).Select(Text));
    }

    [Fact]
    public async Task Builds_side_by_side_handle_everything_once_and_each_subject_in_its_order()
    {
        const int Subjects = 20,
            Rounds = 15;
        await using var publisher = await StartPublisherAsync();
        var handled = new ConcurrentQueue<(string Subject, int Number)>();
        await using var old1 = await StartAsync("old-1", knows: false, Record);
        await using var old2 = await StartAsync("old-2", knows: false, Record);

        // Beside them from the middle on.
        await RoundsAsync(0, Rounds / 3);
        await using var new1 = await StartAsync("new-1", knows: true, Record);
        await RoundsAsync(Rounds / 3, Rounds);
        await ParkedAsync(new1, 0);
        await new1.DrainedAsync();

        Assert.All(
            handled.GroupBy(message => message.Subject),
            subject => Assert.Equal(Enumerable.Range(0, Rounds), subject.Select(message => message.Number))
        );
        Assert.Equal(Subjects, handled.DistinctBy(message => message.Subject).Count());
        Assert.Equal(0, await redis.Database.StreamLengthAsync(Keys.Dead));
        Assert.Equal([], await ParkedKeysAsync());

        Task Record(StreamDelivery delivery, CancellationToken cancellationToken)
        {
            handled.Enqueue((delivery.Message.Subject, int.Parse(Text(delivery), CultureInfo.InvariantCulture)));
            return Task.CompletedTask;
        }

        async Task RoundsAsync(int from, int to)
        {
            for (var number = from; number < to; number++)
            {
                var text = number.ToString(CultureInfo.InvariantCulture);
                await publisher.Publisher.PublishAsync(
                    [
                        .. Enumerable
                            .Range(1, Subjects)
                            .Select(id => id % 2 == number % 2 ? New(id, text) : TestHost.Renamed(id, text)),
                    ],
                    Cancellation
                );

                // Replicas of a group have an order for each subject only as far as one message is settled before the
                // next one is published.
                await old1.DrainedAsync();
            }
        }
    }

    [Fact]
    public async Task A_later_message_of_a_parked_subject_waits_whichever_replica_reads_it()
    {
        await using var publisher = await StartPublisherAsync();
        await using (var parker = await StartAsync("a", knows: false))
        {
            await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
            await ParkedAsync(parker, 1);
        }

        await using var other = await StartAsync("b", knows: false);
        await publisher.Publisher.PublishAsync(
            [.. Enumerable.Range(0, 20).Select(i => TestHost.Renamed(1 + (i % 2)))],
            Cancellation
        );
        var group = await other.DrainedAsync();

        Assert.Equal(11, group.Parked);
        Assert.All(other.Handled.Companies, company => Assert.Equal(2, company));
        Assert.Equal(10, other.Handled.Companies.Count);
    }

    [Fact]
    public async Task A_worker_that_ends_while_it_takes_parked_messages_back_leaves_them_in_order_to_the_next_one()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(
            [.. Enumerable.Range(1, 5).SelectMany(id => new[] { New(id, "first"), TestHost.Renamed(id, "second") })],
            Cancellation
        );
        await ParkedAsync(old, 10);

        // What a worker leaves that is killed with all of them in hand: its lease, and the pending list of what is
        // parked.
        await redis.Database.StringSetAsync(Keys.ParkedLease("g"), "token", TimeSpan.FromSeconds(1));
        foreach (var entry in await redis.Database.StreamRangeAsync(Keys.Parked("g")))
        {
            await redis.Database.ExecuteAsync(
                "XCLAIM",
                (RedisKey)Keys.Parked("g"),
                "g",
                "killed",
                0,
                entry.Id,
                "RETRYCOUNT",
                1,
                "FORCE",
                "JUSTID"
            );
        }

        await using var next = await StartAsync("next", knows: true);
        await ParkedAsync(next, 0);

        Assert.Equal(10, next.Handled.All.Count);
        Assert.All(
            next.Handled.All.GroupBy(delivery => delivery.Message.Subject),
            subject => Assert.Equal(["first", "second"], subject.Select(Text))
        );
        Assert.All(next.Handled.All, delivery => Assert.Equal(2, delivery.DeliveryCount));
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task What_waited_behind_a_message_that_an_ended_worker_settled_is_taken_back_by_one_that_knows_it()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
        await ParkedAsync(old, 2);

        // What a new build leaves that handled the first one, and was killed then.
        var first = (await redis.Database.StreamRangeAsync(Keys.Parked("g"), count: 1)).Single();
        await SettleAsKilledAsync(first.Id);
        await ParkedAsync(old, 0);

        Assert.Equal("second", Text(Assert.Single(old.Handled.All)));
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task What_a_worker_that_stops_has_taken_back_and_not_handled_is_taken_by_another_one()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
        await ParkedAsync(old, 2);

        await using (
            var @new = await StartAsync(
                "new",
                knows: true,
                async (delivery, cancellation) =>
                {
                    if (Text(delivery) == "second")
                    {
                        await Task.Delay(Timeout.Infinite, cancellation);
                    }
                },
                new() { ["Streams:ShutdownTimeout"] = "00:00:02" }
            )
        )
        {
            // It has looked at all since the first one left, so that nothing but the pending list tells of the second
            // one.
            await ParkedAsync(@new, 1);
            await Eventually.Until(
                () => redis.Database.KeyExistsAsync(Keys.ParkedTypes("g")),
                exists => !exists,
                cancellationToken: Cancellation
            );
        }

        await ParkedAsync(old, 0);

        Assert.Equal("second", Text(Assert.Single(old.Handled.All)));
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task A_build_that_cannot_decode_all_that_is_parked_does_not_hide_it_from_one_that_can()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(New(1, "second"), Cancellation);
        await ParkedAsync(old, 2);

        // What a new build leaves that parked the second one behind the first, which it handled, and was killed then.
        var entries = await redis.Database.StreamRangeAsync(Keys.Parked("g"));
        await redis.Database.StreamDeleteAsync(Keys.Parked("g"), [entries[1].Id]);
        await redis.Database.StreamAddAsync(
            Keys.Parked("g"),
            [.. entries[1].Values.Where(field => field.Name != "waits")]
        );
        await redis.Database.HashDecrementAsync(Keys.ParkedTypes("g"), NewType);
        await SettleAsKilledAsync(entries[0].Id);
        await UntilLookedThroughAsync();

        await using var @new = await StartAsync("new", knows: true);
        await ParkedAsync(@new, 0);

        Assert.Equal("second", Text(Assert.Single(@new.Handled.All)));
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task A_build_that_can_take_nothing_leaves_it_to_one_that_can()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(
            TestHost.Renamed(1) with
            {
                Payload = new Duration { Seconds = 1 },
            },
            Cancellation
        );
        await publisher.Publisher.PublishAsync(New(1, "second"), Cancellation);
        await ParkedAsync(old, 2);

        // It knows the second one, which waits behind the first.
        await using var middle = await StartAsync("middle", knows: true);
        await UntilLookedThroughAsync();
        await using var @new = await TestHost.StartAsync(Build("new", knows: false, services: KnowAll));
        await ParkedAsync(@new, 0);

        Assert.Equal(
            [typeof(Duration), typeof(StringValue)],
            @new.Handled.All.Select(delivery => delivery.Payload.GetType())
        );
        Assert.Empty(middle.Handled.All);
    }

    [Fact]
    public async Task Who_was_not_told_of_a_message_since_it_is_no_longer_the_workers_is_not_taken_for_told()
    {
        await using var host = await StartAsync("a", knows: true);
        var teller = new LossTeller(
            new ConsumerIdentity(Keys, "g", "a"),
            new StreamOptions(),
            host.Services.GetRequiredService<IServiceScopeFactory>(),
            TimeProvider.System,
            NullLogger.Instance
        );
        using var lost = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            teller.TellAsync(
                default,
                async (_, cancellation) =>
                {
                    await lost.CancelAsync();
                    cancellation.ThrowIfCancellationRequested();
                },
                Cancellation,
                lost.Token
            )
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            teller.TellAsync(default, (_, _) => Task.CompletedTask, Cancellation, lost.Token)
        );
    }

    [Fact]
    public async Task Only_one_worker_takes_parked_messages_back()
    {
        await using var publisher = await StartPublisherAsync();
        await using (var old = await StartAsync("old", knows: false))
        {
            await publisher.Publisher.PublishAsync(
                [.. Enumerable.Range(1, 40).Select(id => New(id, "x"))],
                Cancellation
            );
            await ParkedAsync(old, 40);
        }

        var release = new TaskCompletionSource();
        await using var a = await StartAsync("a", knows: true, (_, _) => release.Task);
        await Eventually.Until(
            () => redis.Database.KeyExistsAsync(Keys.ParkedLease("g")),
            exists => exists,
            cancellationToken: Cancellation
        );
        await using var b = await StartAsync("b", knows: true);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(100), Cancellation);
        release.SetResult();
        await ParkedAsync(a, 0);

        Assert.Equal(40, a.Handled.All.Count(delivery => delivery.Payload is StringValue));
        Assert.DoesNotContain(b.Handled.All, delivery => delivery.Payload is StringValue);
    }

    [Fact]
    public async Task A_worker_that_lost_the_lease_takes_nothing()
    {
        await using var publisher = await StartPublisherAsync();
        await using var old = await StartAsync("old", knows: false);
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await ParkedAsync(old, 1);
        var messages = new ParkedMessages(
            new ConsumerIdentity(Keys, "g", "late").OfParked(),
            old.Services.GetRequiredService<SharedRedis>(),
            TimeSpan.FromMinutes(1)
        );
        var ids = (await messages.PageAsync(null, 10, Cancellation)).Select(entry => entry.Id).ToArray();

        Assert.True(await messages.HoldAsync(Cancellation));
        Assert.Single((await messages.TakeAsync(ids, Cancellation))!);

        await redis.Database.StringSetAsync(Keys.ParkedLease("g"), "another");
        Assert.Null(await messages.TakeAsync(ids, Cancellation));
        Assert.False(await messages.HoldAsync(Cancellation));
        await messages.ReleaseAsync(Cancellation);
        Assert.Equal("another", await redis.Database.StringGetAsync(Keys.ParkedLease("g")));
    }

    [Fact]
    public async Task A_parked_message_whose_handler_fails_becomes_a_dead_letter_and_the_next_one_is_handled()
    {
        await using var publisher = await StartPublisherAsync();
        var position = MessagePosition.Beginning;
        await using (var old = await StartAsync("old", knows: false))
        {
            position = await publisher.Publisher.PublishAsync(New(1, "fails"), Cancellation);
            await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
            await ParkedAsync(old, 2);
        }

        var attempts = new ConcurrentQueue<long>();
        await using var @new = await StartAsync(
            "new",
            knows: true,
            (delivery, _) =>
            {
                if (Text(delivery) == "fails")
                {
                    attempts.Enqueue(delivery.DeliveryCount);
                    throw new InvalidOperationException("no way");
                }

                return Task.CompletedTask;
            },
            new() { ["Streams:MaxDeliveries"] = "3" }
        );
        await ParkedAsync(@new, 0);

        Assert.Equal([1L, 2L, 3L], attempts);
        Assert.Equal("second", Text(Assert.Single(@new.Handled.All)));
        var letter = Assert.Single(await redis.Database.StreamRangeAsync(Keys.Dead));
        Assert.Equal(
            (DeadLetterReason.HandlerFailed, position.ToString()),
            ((string?)letter["reason"], (string?)letter["position"])
        );
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task What_no_build_learns_within_the_retention_becomes_a_dead_letter_and_what_waited_is_handled()
    {
        await using var publisher = await StartPublisherAsync();
        var heard = new ConcurrentQueue<StreamDeadLetter>();
        await using var old = await TestHost.StartAsync(
            Build(
                "old",
                knows: false,
                new() { ["Streams:ParkedRetention"] = "00:00:02" },
                services =>
                    services.AddSingleton(
                        new DeadLetterRecorder(deadLetter =>
                        {
                            heard.Enqueue(deadLetter);
                            return Task.CompletedTask;
                        })
                    )
            )
        );
        var position = await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
        await Eventually.Until(
            () => redis.Database.StreamLengthAsync(Keys.Dead),
            length => length == 1,
            cancellationToken: Cancellation
        );
        await ParkedAsync(old, 0);

        Assert.Equal("second", Text(Assert.Single(old.Handled.All)));
        var letter = Assert.Single(await redis.Database.StreamRangeAsync(Keys.Dead));
        Assert.Equal(
            (DeadLetterReason.UnknownType, position.ToString()),
            ((string?)letter["reason"], (string?)letter["position"])
        );
        Assert.Equal(("company/1", position), (Assert.Single(heard).Message!.Subject, heard.Single().Position));
        Assert.Equal([], await ParkedKeysAsync());
    }

    [Fact]
    public async Task A_newer_schema_is_parked_as_well()
    {
        await using var host = await StartAsync("old", knows: false);
        var message = new StreamMessage
        {
            Payload = Any.Pack(new CompanyUpdated()),
            SchemaVersion = MessageSchema.CurrentVersion + 1,
            Subject = "company/1",
        };
        await redis.Database.StreamAddAsync(Keys.Stream, "data", message.ToByteArray());
        await host.Publisher.PublishAsync(TestHost.Renamed(1), Cancellation);

        var group = await host.DrainedAsync();

        Assert.Equal(2, group.Parked);
        Assert.Equal([KeyValuePair.Create($"schema:{MessageSchema.CurrentVersion + 1}", 1L)], group.ParkedFor);
        Assert.Empty(host.Handled.All);
    }

    [Fact]
    public async Task A_name_that_can_be_no_type_is_given_up_at_once()
    {
        await using var host = await StartAsync("old", knows: false);
        var message = new StreamMessage
        {
            Payload = new Any { TypeUrl = "type.googleapis.com/no type" },
            SchemaVersion = MessageSchema.CurrentVersion,
            Subject = "company/1",
        };
        await redis.Database.StreamAddAsync(Keys.Stream, "data", message.ToByteArray());

        Assert.Equal(0, (await host.DrainedAsync()).Parked);
        Assert.Equal(1, await redis.Database.StreamLengthAsync(Keys.Dead));
    }

    [Fact]
    public async Task An_optional_message_of_an_unknown_type_is_acknowledged()
    {
        await using var host = await StartAsync("old", knows: false);
        var message = new StreamMessage
        {
            Payload = Any.Pack(new StringValue { Value = "of a cache" }),
            SchemaVersion = MessageSchema.CurrentVersion,
            Optional = true,
        };
        await redis.Database.StreamAddAsync(Keys.Stream, "data", message.ToByteArray());

        Assert.Equal(0, (await host.DrainedAsync()).Parked);
        Assert.Equal(0, await redis.Database.StreamLengthAsync(Keys.Dead));
        Assert.Empty(host.Handled.All);
    }

    [Fact]
    public async Task A_full_server_parks_all_the_same()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var control = await server.ConnectAsync(admin: true);
        await using var publisher = await StartPublisherAsync(server);
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);
        await Eventually.Until(
            async () => (await publisher.Monitor.GetSnapshotAsync(Cancellation)).Groups,
            groups => groups is [{ Exists: true }],
            cancellationToken: Cancellation
        );
        await control.GetServers()[0].ConfigSetAsync("maxmemory", "1");

        await using var old = await StartAsync("old", knows: false, server: server);

        Assert.Equal(2, (await old.DrainedAsync()).Parked);
        await control.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        await using var @new = await StartAsync("new", knows: true, server: server);
        await ParkedAsync(@new, 0);
        Assert.Equal(["first", "second"], @new.Handled.All.Select(Text));
    }

    [Fact]
    public async Task Who_wants_to_know_hears_of_a_message_before_it_is_parked_until_no_fault_is_met()
    {
        await using var publisher = await StartPublisherAsync();
        var heard = new ConcurrentQueue<(string Subject, bool IsKnown, long AlreadyParked)>();
        await using var old = await TestHost.StartAsync(
            Build(
                "old",
                knows: false,
                services: services =>
                    services.AddSingleton(
                        new ParkedRecorder(async parked =>
                        {
                            heard.Enqueue(
                                (
                                    parked.Message.Subject,
                                    parked.Delivery is not null,
                                    await redis.Database.StreamLengthAsync(Keys.Parked("g"))
                                )
                            );
                            if (heard.Count == 1)
                            {
                                throw new TimeoutException();
                            }
                        })
                    )
            )
        );
        await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
        await publisher.Publisher.PublishAsync(TestHost.Renamed(1), Cancellation);
        await ParkedAsync(old, 2);

        Assert.Equal([("company/1", false, 0), ("company/1", false, 0), ("company/1", true, 1)], heard);
    }

    [Fact]
    public async Task A_group_that_is_retired_takes_what_it_has_parked_with_it()
    {
        await using var publisher = await StartPublisherAsync();
        var settings = new Dictionary<string, string?> { ["Streams:LeaseDuration"] = "00:00:00.500" };
        await using (var old = await StartAsync("old", knows: false, settings: settings))
        {
            await publisher.Publisher.PublishAsync(New(1, "first"), Cancellation);
            await ParkedAsync(old, 1);
        }

        await using var ops = await TestHost.StartPublisherAsync(redis.Server, _stream, settings);
        var retired = await Eventually.Until(
            async () =>
            {
                try
                {
                    return await ops
                        .Services.GetRequiredService<IStreamAdministration>()
                        .RetireGroupAsync("g", Cancellation);
                }
                catch (InvalidOperationException)
                {
                    // Its consumer's last sign of life is too recent.
                    return null;
                }
            },
            retired => retired is not null,
            cancellationToken: Cancellation
        );

        Assert.Equal(1, retired!.Parked);
        Assert.Equal([], await ParkedKeysAsync());
    }

    private static Publication New(int id, string text) =>
        new(
            new StringValue { Value = text },
            string.Create(CultureInfo.InvariantCulture, $"company/{id}"),
            $"Company {id}: {text}"
        );

    private static string Text(StreamDelivery delivery) =>
        delivery.Payload switch
        {
            StringValue value => value.Value,
            CompanyUpdated updated => updated.Name,
            var other => other.ToString()!,
        };

    private TestHost Build(
        string instance,
        bool knows,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null,
        RedisDeployment? server = null
    ) =>
        TestHost.Build(
            server ?? redis.Server,
            _stream,
            instance,
            streams =>
                streams
                    .AddStreamConsumer("g")
                    .HandleEveryMessage<RecordingHandler>()
                    .HandleEveryMessage<DeadLetterRecorder>()
                    .HandleEveryMessage<ParkedRecorder>(),
            settings,
            collection =>
            {
                collection.AddSingleton(new DeadLetterRecorder(_ => Task.CompletedTask));
                collection.AddSingleton(new ParkedRecorder(_ => Task.CompletedTask));
                Know(collection, knows);
                services?.Invoke(collection);
            }
        );

    private Task<TestHost> StartAsync(
        string instance,
        bool knows,
        Func<StreamDelivery, CancellationToken, Task>? behave = null,
        Dictionary<string, string?>? settings = null,
        RedisDeployment? server = null
    ) => TestHost.StartAsync(Build(instance, knows, settings, server: server), behave);

    private Task<TestHost> StartPublisherAsync(RedisDeployment? server = null) =>
        TestHost.StartAsync(TestHost.Build(server ?? redis.Server, _stream, "publisher", services: KnowAll));

    private static async Task ParkedAsync(TestHost host, long count) =>
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups.Single(),
            group => group is { Pending: 0, Lag: 0 } && group.Parked == count,
            cancellationToken: Cancellation
        );

    private async Task<IReadOnlyList<string>> ParkedKeysAsync()
    {
        RedisKey[] keys = [Keys.Parked("g"), Keys.ParkedSubjects("g"), Keys.ParkedTypes("g")];
        var there = await Task.WhenAll(
            keys.Select(async key => (key, exists: await redis.Database.KeyExistsAsync(key)))
        );
        return [.. there.Where(key => key.exists).Select(key => key.key.ToString())];
    }

    /// <summary>
    /// What a worker leaves that has taken a parked message back and handled it, and was killed then.
    /// </summary>
    private async Task SettleAsKilledAsync(RedisValue id)
    {
        await redis.Database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)Keys.Parked("g"),
            "g",
            "killed",
            0,
            id,
            "FORCE",
            "JUSTID"
        );
        await StreamScripts.Unpark.RunAsync(
            redis.Database,
            [Keys.Parked("g"), Keys.ParkedSubjects("g"), Keys.ParkedTypes("g")],
            "g",
            id
        );
    }

    /// <summary>A worker has taken the lease, gone through all that is parked, and given the lease up.</summary>
    private async Task UntilLookedThroughAsync()
    {
        foreach (var taken in new[] { true, false })
        {
            await Eventually.Until(
                () => redis.Database.KeyExistsAsync(Keys.ParkedLease("g")),
                exists => exists == taken,
                cancellationToken: Cancellation
            );
        }
    }

    private static void KnowAll(IServiceCollection services) =>
        services.AddSingleton(
            MessageTypes.Of([.. DomainMessages.Files, WrappersReflection.Descriptor, DurationReflection.Descriptor])
        );

    private static void Know(IServiceCollection services, bool knows)
    {
        if (knows)
        {
            services.AddSingleton(MessageTypes.Of([.. DomainMessages.Files, WrappersReflection.Descriptor]));
        }
    }
}
