using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Servers;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class PublishOnceTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_id_published_again_adds_nothing_and_returns_the_first_position()
    {
        var stream = TestHost.NewStream();
        await using var one = await TestHost.StartConsumerAsync(redis.Server, stream);
        using var two = TestHost.Build(redis.Server, stream, "b");

        var first = await one.Publisher.PublishAsync(
            TestHost.Renamed(1) with
            {
                MessageId = "order-42/paid",
            },
            Cancellation
        );
        var other = await one.Publisher.PublishAsync(
            TestHost.Renamed(2) with
            {
                MessageId = "order-43/paid",
            },
            Cancellation
        );

        Assert.NotEqual(first, other);
        Assert.Equal(
            first,
            await one.Publisher.PublishAsync(TestHost.Renamed(3) with { MessageId = "order-42/paid" }, Cancellation)
        );
        Assert.Equal(
            first,
            await two.Publisher.PublishAsync(TestHost.Renamed(4) with { MessageId = "order-42/paid" }, Cancellation)
        );
        await one.DrainedAsync();
        Assert.Equal([1L, 2L], one.Handled.Companies.Order());
        Assert.Equal("order-42/paid", one.Handled.All.Single(d => d.Position == first).Message.MessageId);
    }

    [Fact]
    public async Task The_way_that_the_server_has_is_taken()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "x" }, Cancellation);

        var server = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);
        var remembered = await InfoAsync(stream, "iids-tracked");

        Assert.Equal(server.HasIdempotentAdd ? 1 : null, remembered);
        Assert.NotEqual(server.HasIdempotentAdd, await redis.Database.KeyExistsAsync($"{{{stream}}}:published:x"));
        if (server.HasIdempotentAdd)
        {
            Assert.Equal(600, await InfoAsync(stream, "idmp-duration"));
            Assert.Equal(10_000, await InfoAsync(stream, "idmp-maxsize"));
        }
        else
        {
            Assert.InRange(
                (await redis.Database.KeyTimeToLiveAsync($"{{{stream}}}:published:x"))!.Value,
                TimeSpan.FromMinutes(5),
                TimeSpan.FromMinutes(10)
            );
        }
    }

    [Fact]
    public async Task Every_way_to_publish_with_an_id_prepares_the_stream()
    {
        Func<TestHost, Publication, Task>[] ways =
        [
            (host, publication) => InBatchAsync(host, publication),
            (host, publication) => InTransactionAsync(host, publication),
            (host, publication) => host.Publisher.PublishAtAsync(publication, DateTimeOffset.UnixEpoch, Cancellation),
        ];
        foreach (var publish in ways)
        {
            var stream = TestHost.NewStream();
            using var host = TestHost.Build(redis.Server, stream);
            var server = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);

            await publish(host, TestHost.Renamed(1) with { MessageId = "x" });

            Assert.Equal(server.HasIdempotentAdd ? 600 : null, await InfoAsync(stream, "idmp-duration"));
            Assert.Equal(server.HasIdempotentAdd ? 10_000 : null, await InfoAsync(stream, "idmp-maxsize"));
        }
    }

    [Fact]
    public async Task Where_the_stream_remembers_ids_an_idempotent_publish_is_one_plain_command()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var host = TestHost.Build(server, TestHost.NewStream());
        await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "first" }, Cancellation);
        var features = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);
        var before = await CallsAsync(host, "evalsha");

        for (var i = 0; i < 100; i++)
        {
            await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = $"id-{i}" }, Cancellation);
        }

        // One more per second, which sees whether the stream is still prepared.
        var scripts = await CallsAsync(host, "evalsha") - before;
        Assert.True(features.HasIdempotentAdd ? scripts < 100 : scripts == 100, $"{scripts} scripts on {features}.");
    }

    [Fact]
    public async Task Of_32_publishers_of_one_id_at_the_same_time_one_adds_and_all_learn_its_position()
    {
        var stream = TestHost.NewStream();
        using var one = TestHost.Build(redis.Server, stream, "a");
        using var two = TestHost.Build(redis.Server, stream, "b");
        for (var round = 0; round < 20; round++)
        {
            var publication = TestHost.Renamed(round) with { MessageId = $"round-{round}" };
            using var together = new Barrier(32);
            var positions = await Task.WhenAll(
                Enumerable
                    .Range(0, 32)
                    .Select(i =>
                        Task.Factory.StartNew(
                                () =>
                                {
                                    together.SignalAndWait(Cancellation);
                                    return (i % 4) switch
                                    {
                                        0 => InBatchAsync(one, publication),
                                        1 => InTransactionAsync(two, publication),
                                        2 => one.Publisher.PublishAsync(publication, Cancellation),
                                        _ => two.Publisher.PublishAsync(publication, Cancellation),
                                    };
                                },
                                Cancellation,
                                TaskCreationOptions.LongRunning,
                                TaskScheduler.Default
                            )
                            .Unwrap()
                    )
            );

            Assert.Single(positions.Distinct());
        }

        Assert.Equal(20, await LengthAsync(stream));
    }

    [Fact]
    public async Task A_publish_whose_reply_was_lost_is_found_when_it_is_repeated()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.OneServer, stream, services: PublishBatchTests.Through(proxy));
        var publication = TestHost.Renamed(1) with { MessageId = "lost" };
        await host.Publisher.PublishAsync(TestHost.Renamed(0) with { MessageId = "before" }, Cancellation);

        proxy.LoseReplies();
        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            host.Publisher.PublishAsync(publication, Cancellation)
        );
        Assert.True(RedisFaults.IsInfrastructure(failed), failed.ToString());
        Assert.True(proxy.Lost > 0);
        proxy.Reset();

        // The stream may have been asked whether it is prepared, in place of the publish; then the repetition is the
        // first.
        var between = await LengthAsync(stream, host.Database);
        var position = await PublishBatchTests.RepeatedAsync(() =>
            host.Publisher.PublishAsync(publication, Cancellation)
        );
        Assert.InRange(between, 1, 2);
        Assert.Equal(2, await LengthAsync(stream, host.Database));
        Assert.Equal(position, await host.Publisher.PublishAsync(publication, Cancellation));
        Assert.Equal(2, await LengthAsync(stream, host.Database));
    }

    [Fact]
    public async Task A_transaction_with_an_id_that_is_there_commits_its_state_and_adds_nothing()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        RedisKey state = $"{{{stream}}}:state";
        var publication = TestHost.Renamed(1) with { MessageId = "state-1" };

        var positions = new List<MessagePosition>();
        for (var i = 1; i <= 2; i++)
        {
            var transaction = redis.Database.CreateTransaction();
            _ = transaction.StringSetAsync(state, i);
            var enlisted = host.Publisher.EnlistAsync(transaction, publication);
            Assert.True(await transaction.ExecuteAsync());
            positions.Add(await enlisted.WaitAsync(TimeSpan.FromSeconds(15), Cancellation));
        }

        Assert.Equal(2, (int)await redis.Database.StringGetAsync(state));
        Assert.Equal(positions[0], positions[1]);
        Assert.Equal(positions[0], await host.Publisher.PublishAsync(publication, Cancellation));
        Assert.Equal(1, await LengthAsync(stream));
    }

    [Fact]
    public async Task A_transaction_publishes_with_an_id_on_a_server_that_has_no_scripts_loaded()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var host = TestHost.Build(server, TestHost.NewStream());

        Assert.NotEqual(
            MessagePosition.Beginning,
            await InTransactionAsync(host, TestHost.Renamed(1) with { MessageId = "x" })
        );
    }

    [Fact]
    public async Task Ids_are_remembered_for_the_window_and_no_longer()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(
            redis.Server,
            stream,
            settings: new() { ["Streams:IdempotencyWindow"] = "00:00:01" }
        );
        var publication = TestHost.Renamed(1) with { MessageId = "short" };
        var tier = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);
        var first = await host.Publisher.PublishAsync(publication, Cancellation);

        if (tier.HasIdempotentAdd)
        {
            // The server's own default is longer, and it is never lowered.
            Assert.Equal(100, await InfoAsync(stream, "idmp-duration"));
        }
        else
        {
            await Eventually.Until(
                () => host.Publisher.PublishAsync(publication, Cancellation),
                again => again != first,
                cancellationToken: Cancellation
            );
        }
    }

    [Fact]
    public async Task Ids_are_remembered_when_Redis_is_killed_and_starts_again()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var host = TestHost.Build(server, TestHost.NewStream());
        await host.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", "always");
        var publications = Enumerable
            .Range(0, 20)
            .Select(i => TestHost.Renamed(i) with { MessageId = $"id-{i}" })
            .ToArray();
        var alone = await Task.WhenAll(
            publications[..10].Select(publication => host.Publisher.PublishAsync(publication, Cancellation))
        );
        var batch = await host.Publisher.PublishAsync(publications[10..], Cancellation);

        await server.KillAsync();
        await server.RestartAsync(Cancellation);

        Assert.Equal(
            [.. alone, .. batch],
            await PublishBatchTests.RepeatedAsync(() => host.Publisher.PublishAsync(publications, Cancellation))
        );
    }

    [Fact]
    public async Task More_ids_than_the_server_keeps_for_one_producer_are_all_remembered()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var publications = Enumerable
            .Range(0, 12_000)
            .Select(i => TestHost.Renamed(i) with { MessageId = $"id-{i}" })
            .ToArray();

        var positions = await host.Publisher.PublishAsync(publications, Cancellation);
        var again = await host.Publisher.PublishAsync(publications, Cancellation);

        Assert.Equal(positions, again);
        Assert.Equal(12_000, await LengthAsync(stream));
    }

    [Fact]
    public async Task What_a_former_server_remembered_as_a_key_still_counts()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        await redis.Database.StringSetAsync($"{{{stream}}}:published:x", "5-1", TimeSpan.FromMinutes(5));
        await redis.Database.StringSetAsync($"{{{stream}}}:published", "5-1", TimeSpan.FromMinutes(5));
        var publication = TestHost.Renamed(1) with { MessageId = "x" };

        Assert.Equal(new MessagePosition(5, 1), await host.Publisher.PublishAsync(publication, Cancellation));
        Assert.Equal(new MessagePosition(5, 1), await InBatchAsync(host, publication));
        Assert.Equal(new MessagePosition(5, 1), await InTransactionAsync(host, publication));
        Assert.Equal(0, await LengthAsync(stream));

        var other = TestHost.Renamed(2) with { MessageId = "y" };
        Assert.Equal(await host.Publisher.PublishAsync(other, Cancellation), await InTransactionAsync(host, other));
    }

    [Fact]
    public async Task Instances_with_different_windows_do_not_make_the_stream_forget()
    {
        var stream = TestHost.NewStream();
        using var longer = TestHost.Build(
            redis.Server,
            stream,
            settings: new() { ["Streams:IdempotencyWindow"] = "01:00:00" }
        );
        using var shorter = TestHost.Build(
            redis.Server,
            stream,
            settings: new() { ["Streams:IdempotencyWindow"] = "00:10:00" }
        );
        var publication = TestHost.Renamed(1) with { MessageId = "x" };

        var first = await longer.Publisher.PublishAsync(publication, Cancellation);

        Assert.Equal(first, await shorter.Publisher.PublishAsync(publication, Cancellation));
        Assert.Equal(first, await InBatchAsync(shorter, publication));
        Assert.Equal(first, await InBatchAsync(longer, publication));
    }

    [Fact]
    public async Task A_stream_that_was_removed_is_prepared_anew()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var features = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);
        await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "x" }, Cancellation);

        await redis.Database.KeyDeleteAsync($"{{{stream}}}:stream");

        await Eventually.Until(
            async () =>
            {
                await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "y" }, Cancellation);
                return await InfoAsync(stream, "idmp-duration");
            },
            duration => duration == (features.HasIdempotentAdd ? 600 : null),
            cancellationToken: Cancellation
        );
    }

    [Theory]
    [InlineData("7.0.15")]
    [InlineData("8.6.3")]
    public async Task A_wrong_idea_of_the_server_breaks_no_promise(string version)
    {
        var stream = TestHost.NewStream();
        using var wrong = TestHost.Build(
            redis.Server,
            stream,
            "a",
            services: services =>
                services.AddSingleton(provider => new ServerTier(
                    _ => Task.FromResult(ServerFeatures.Of(Version.Parse(version), hasAckDelCommands: true)),
                    provider
                ))
        );
        using var right = TestHost.Build(redis.Server, stream, "b");
        var publication = TestHost.Renamed(1) with { MessageId = "x" };

        var first = await wrong.Publisher.PublishAsync(publication, Cancellation);

        Assert.Equal(first, await right.Publisher.PublishAsync(publication, Cancellation));
        Assert.Equal(first, await InBatchAsync(wrong, publication));
        Assert.Equal(first, await InTransactionAsync(wrong, publication));
    }

    [Fact]
    public async Task While_ids_are_remembered_as_keys_every_new_one_is()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        await redis.Database.StringSetAsync($"{{{stream}}}:published", "crowded", TimeSpan.FromMinutes(5));

        var alone = await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "alone" }, Cancellation);
        var batch = await InBatchAsync(host, TestHost.Renamed(2) with { MessageId = "batch" });

        Assert.Equal(alone.ToString(), (string?)await redis.Database.StringGetAsync($"{{{stream}}}:published:alone"));
        Assert.Equal(batch.ToString(), (string?)await redis.Database.StringGetAsync($"{{{stream}}}:published:batch"));
    }

    [Fact]
    public async Task A_failover_to_a_server_of_another_version_does_not_break_publishing()
    {
        await using var distribution = await RedisServer.StartAsync("redis-server", Cancellation);
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.OneServer, stream, services: PublishBatchTests.Through(proxy));
        var publication = TestHost.Renamed(1) with { MessageId = "x" };

        foreach (var port in new[] { redis.OneServer.Port, distribution.Port, redis.OneServer.Port })
        {
            proxy.Reset(port);
            var first = await PublishBatchTests.RepeatedAsync(() =>
                host.Publisher.PublishAsync(publication, Cancellation)
            );

            Assert.Equal(first, await host.Publisher.PublishAsync(publication, Cancellation));
            Assert.Equal(first, await InBatchAsync(host, publication));
            Assert.Equal(first, await InTransactionAsync(host, publication));
        }

        Assert.Equal(1, await LengthAsync(stream, host.Database));
    }

    [Fact]
    public async Task Client_and_scripts_agree_on_an_ids_producer()
    {
        var lua = new RedisScript(
            $"return string.sub(redis.sha1hex(ARGV[1]), 1, {IdempotentPublisher.ProducerDigits})"
        );
        foreach (var id in new[] { "order-42/paid", "ä", "1", new string('x', 100) })
        {
            Assert.Equal((string?)await lua.RunAsync(redis.Database, [], id), IdempotentPublisher.Producer(id));
        }
    }

    private static async Task<MessagePosition> InBatchAsync(TestHost host, Publication publication) =>
        Assert.Single(await host.Publisher.PublishAsync([publication], Cancellation));

    private static async Task<MessagePosition> InTransactionAsync(TestHost host, Publication publication)
    {
        var transaction = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().CreateTransaction();
        var enlisted = host.Publisher.EnlistAsync(transaction, publication);
        Assert.True(await transaction.ExecuteAsync());
        return await enlisted.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private static async Task<long> CallsAsync(TestHost host, string command)
    {
        var text = (string)(await host.Database.ExecuteAsync("INFO", "commandstats"))!;
        var line = text.Split('\n')
            .SingleOrDefault(line => line.StartsWith($"cmdstat_{command}:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }

    private async Task<long> LengthAsync(string stream, IDatabase? database = null) =>
        (long)await (database ?? redis.Database).ExecuteAsync("XLEN", $"{{{stream}}}:stream");

    /// <summary>A number from XINFO STREAM; <c>null</c> if the server does not have it.</summary>
    private async Task<long?> InfoAsync(string stream, string name)
    {
        var info = (RedisResult[])(await redis.Database.ExecuteAsync("XINFO", "STREAM", $"{{{stream}}}:stream"))!;
        for (var i = 0; i < info.Length; i += 2)
        {
            if ((string?)info[i] == name)
            {
                return (long)info[i + 1];
            }
        }

        return null;
    }
}
