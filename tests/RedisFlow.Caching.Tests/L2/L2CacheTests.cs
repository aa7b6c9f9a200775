using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

public sealed class L2CacheTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    /// <summary>The test reads Redis, and leaves what is there.</summary>
    private static HybridCacheEntryOptions Memory =>
        new() { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fill_loses_against_anything_newer_and_wins_against_the_rest()
    {
        await using var instance = NewInstance();
        await Fill(instance, 10, "ten");
        Assert.Equal("ten", await Read(instance));
        await Fill(instance, 9, "nine");
        Assert.Equal("ten", await Read(instance));
        await Fill(instance, 10, "ten again");
        Assert.Equal("ten again", await Read(instance));
        await Fill(instance, 11, "eleven");
        Assert.Equal("eleven", await Read(instance));
        await Invalidate(instance, 12);
        Assert.Null(await Read(instance));
        await Fill(instance, 11, "eleven");
        Assert.Null(await Read(instance));
        await Fill(instance, 12, "twelve");
        Assert.Equal("twelve", await Read(instance));
    }

    [Fact]
    public async Task An_old_invalidation_that_comes_late_or_again_does_no_harm()
    {
        await using var instance = NewInstance();
        await Fill(instance, 10, "ten");
        await Invalidate(instance, 9);
        await Invalidate(instance, 10);
        Assert.Equal("ten", await Read(instance));
    }

    [Fact]
    public async Task A_fault_of_the_code_is_not_taken_for_a_failure_of_Redis()
    {
        var metrics = new CacheMetrics();
        var l2 = new L2Cache(
            () => throw new InvalidOperationException(),
            new CachingOptions { Service = _service },
            TimeProvider.System,
            metrics,
            NullLogger<StreamHybridCache>.Instance
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => l2.ReadAsync("k"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => l2.ReadEpochsAsync());
        Assert.Equal(0, metrics.L2Errors.Value);
    }

    [Fact]
    public async Task A_tombstone_is_left_where_nothing_was_and_outlives_the_longest_load()
    {
        await using var instance = NewInstance();
        await Invalidate(instance, 12);
        var lifetime = await redis.Connection.GetDatabase().KeyTimeToLiveAsync($"{_service}:1:k");
        Assert.InRange(lifetime!.Value, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(120));
        await Fill(instance, 11, "eleven");
        Assert.Null(await Read(instance));
    }

    [Theory]
    [InlineData(1_763_694_000_122UL, 999UL, 1_763_694_000_123UL, 0UL)]
    [InlineData(9UL, 5UL, 10UL, 4UL)]
    [InlineData(255UL, 0UL, 256UL, 0UL)]
    [InlineData(1_763_694_000_123UL, 9UL, 1_763_694_000_123UL, 10UL)]
    [InlineData(1_763_694_000_123UL, 4_294_967_295UL, 1_763_694_000_123UL, 4_294_967_296UL)]
    [InlineData(1_763_694_000_123UL, 9_007_199_254_740_992UL, 1_763_694_000_123UL, 9_007_199_254_740_993UL)]
    [InlineData(1_763_694_000_123UL, 18_446_744_073_709_551_613UL, 1_763_694_000_123UL, 18_446_744_073_709_551_614UL)]
    [InlineData(1_763_694_000_122UL, 18_446_744_073_709_551_614UL, 1_763_694_000_123UL, 0UL)]
    public async Task Positions_are_compared_as_numbers(
        ulong earlierMs,
        ulong earlierSeq,
        ulong laterMs,
        ulong laterSeq
    )
    {
        await using var instance = NewInstance();
        var (earlier, later) = (new MessagePosition(earlierMs, earlierSeq), new MessagePosition(laterMs, laterSeq));
        await instance.L2.FillAsync("k", Entry(later, "later"), instance.Time.GetTimestamp());
        await instance.L2.FillAsync("k", Entry(earlier, "earlier"), instance.Time.GetTimestamp());
        Assert.Equal("later", await Read(instance));
        await instance.L2.InvalidateAsync(Invalidation.Key("k"), earlier, Cancellation);
        Assert.Equal("later", await Read(instance));
    }

    [Fact]
    public async Task Foreign_values_are_misses_and_are_overwritten()
    {
        await using var instance = NewInstance();
        var database = redis.Connection.GetDatabase();
        await database.StringSetAsync($"{_service}:1:k", "not ours");
        Assert.Null(await Read(instance));
        await Fill(instance, 10, "ten");
        Assert.Equal("ten", await Read(instance));

        await database.KeyDeleteAsync($"{_service}:1:k");
        await database.ListLeftPushAsync($"{_service}:1:k", "another type");
        Assert.Null(await Read(instance));
        await Fill(instance, 10, "ten");
        Assert.Equal("ten", await Read(instance));
        Assert.Equal(2, instance.Metrics.UnreadableL2Entries.Value);
        Assert.Equal(L2CircuitState.Closed, instance.L2.Circuit);
    }

    [Fact]
    public async Task An_entry_of_an_older_layout_is_a_miss_and_is_overwritten_whatever_its_position_is()
    {
        await using var instance = NewInstance();
        var database = redis.Connection.GetDatabase();
        var older = L2Codec.EncodeEntry(Entry(At(20), "of the older layout"));
        older[1] = L2Codec.LayoutVersion - 1;
        L2Codec.Seal(older);

        await database.StringSetAsync($"{_service}:1:k", older);
        Assert.Null(await Read(instance));
        await Fill(instance, 10, "ten");
        Assert.Equal("ten", await Read(instance));

        await database.StringSetAsync($"{_service}:1:k", older);
        await Invalidate(instance, 12);
        await Fill(instance, 11, "eleven");
        Assert.Null(await Read(instance));
        Assert.Equal(1, instance.Metrics.UnreadableL2Entries.Value);
    }

    [Fact]
    public async Task A_large_value_is_compressed_in_Redis_unless_that_is_off()
    {
        var value = string.Join(',', Enumerable.Range(0, 20_000));
        await using var instance = NewInstance();
        await Fill(instance, 10, value);
        Assert.InRange(await redis.Connection.GetDatabase().StringLengthAsync($"{_service}:1:k"), 1, value.Length / 2);
        Assert.Equal(value, await Read(instance));

        // The settings say how entries are written; every reader reads both kinds.
        await using var other = NewInstance(options => options.CompressionThreshold = 0);
        Assert.Equal(value, await Read(other));
        await Fill(other, 10, value);
        Assert.InRange(
            await redis.Connection.GetDatabase().StringLengthAsync($"{_service}:1:k"),
            value.Length,
            value.Length + 100
        );
        Assert.Equal(value, await Read(instance));
    }

    [Fact]
    public async Task A_damaged_compressed_entry_is_a_miss_that_is_overwritten_and_logged_once_per_interval()
    {
        var value = string.Join(',', Enumerable.Range(0, 20_000));
        await using var instance = NewInstance();
        var logger = new FakeLogger<StreamHybridCache>();
        var l2 = new L2Cache(
            () => redis.Connection.GetDatabase(),
            new CachingOptions { Service = _service, RedisTimeout = TimeSpan.FromSeconds(5) },
            instance.Time,
            instance.Metrics,
            logger
        );
        await Fill(instance, 10, value);

        // The compressed text itself, in its middle.
        await redis.Connection.GetDatabase().StringSetRangeAsync($"{_service}:1:k", 5000, new byte[500]);
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await l2.ReadAsync("k"));
        }

        Assert.Equal(5, instance.Metrics.UnreadableL2Entries.Value);
        Assert.Equal(1, logger.Collector.Count);
        instance.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await l2.ReadAsync("k"));
        Assert.Equal(2, logger.Collector.Count);

        await Fill(instance, 10, value);
        Assert.Equal(value, await Read(instance));
    }

    [Fact]
    public async Task An_entry_may_be_kept_after_it_has_expired_and_says_so()
    {
        await using var instance = NewInstance();
        var now = instance.Time.GetUtcNow();
        var entry = new L2Entry(At(10), now, now.AddMinutes(5), [], IsNull: false, "ten"u8.ToArray());
        await instance.L2.FillAsync("k", entry, instance.Time.GetTimestamp(), keepStale: TimeSpan.FromMinutes(20));
        var lifetime = await redis.Connection.GetDatabase().KeyTimeToLiveAsync($"{_service}:1:k");
        Assert.InRange(lifetime!.Value, TimeSpan.FromMinutes(24), TimeSpan.FromMinutes(25));

        instance.Time.Advance(TimeSpan.FromMinutes(6));
        var read = await instance.L2.ReadAsync("k");
        Assert.Equal(now.AddMinutes(5), read!.Expires);
        Assert.Equal(("fresh", CacheOutcome.Miss), await instance.ReadAsync("k", "fresh", Memory));

        // A tombstone replaces it as any other.
        await Invalidate(instance, 12);
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Fact]
    public async Task Epochs_are_kept_and_only_move_forward()
    {
        await using var instance = NewInstance();
        var what = Invalidation.Of(prefixes: ["company:", "user"], tags: ["red"]);
        await instance.L2.InvalidateAsync(what, At(20), Cancellation);
        await instance.L2.InvalidateAsync(what, At(19), Cancellation);
        await instance.L2.InvalidateAsync(Invalidation.Prefix("user"), new MessagePosition(20, 3), Cancellation);
        await instance.L2.InvalidateAsync(Invalidation.Tag("*"), At(7), Cancellation);
        await instance.L2.InvalidateAsync(Invalidation.Everything, At(8), Cancellation);

        var epochs = await instance.L2.ReadEpochsAsync();
        Assert.NotNull(epochs);
        Assert.Equal(At(8), epochs.Everything);
        Assert.Equal(
            [new("company", At(20)), new("user", new MessagePosition(20, 3))],
            epochs.Prefixes.OrderBy(pair => pair.Key)
        );
        Assert.Equal([new("red", At(20))], epochs.Tags);
    }

    [Fact]
    public async Task Too_many_epochs_are_merged_into_the_latest_one()
    {
        await using var instance = NewInstance(options => options.RememberedEpochs = 16);
        for (ulong i = 1; i <= 16; i++)
        {
            await instance.L2.InvalidateAsync(Invalidation.Prefix($"p{i}"), At(100 - i), Cancellation);
        }

        Assert.Equal(16, (await instance.L2.ReadEpochsAsync())!.Prefixes.Count);
        await instance.L2.InvalidateAsync(Invalidation.Prefix("p17"), At(50), Cancellation);
        var merged = (await instance.L2.ReadEpochsAsync())!;
        Assert.Empty(merged.Prefixes);
        Assert.Equal(At(99), merged.Everything);
    }

    /// <summary>A Lua number holds none of these sequences.</summary>
    [Fact]
    public async Task Epochs_know_every_sequence()
    {
        await using var instance = NewInstance(options => options.RememberedEpochs = 16);
        var later = new MessagePosition(20, 18_446_744_073_709_551_614);
        var earlier = new MessagePosition(20, 18_446_744_073_709_551_613);
        await instance.L2.InvalidateAsync(Invalidation.Prefix("p1"), earlier, Cancellation);
        await instance.L2.InvalidateAsync(Invalidation.Prefix("p1"), later, Cancellation);
        Assert.Equal([new("p1", later)], (await instance.L2.ReadEpochsAsync())!.Prefixes);
        await instance.L2.InvalidateAsync(Invalidation.Prefix("p1"), earlier, Cancellation);
        Assert.Equal([new("p1", later)], (await instance.L2.ReadEpochsAsync())!.Prefixes);

        for (var i = 2; i <= 17; i++)
        {
            await instance.L2.InvalidateAsync(Invalidation.Prefix($"p{i}"), earlier, Cancellation);
        }

        Assert.Equal(later, (await instance.L2.ReadEpochsAsync())!.Everything);
    }

    [Fact]
    public async Task Scripts_survive_a_server_that_forgot_them()
    {
        await using var instance = NewInstance();
        await Fill(instance, 10, "ten");
        await redis.Connection.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
        await Fill(instance, 11, "eleven");
        Assert.Equal("eleven", await Read(instance));
    }

    [Fact]
    public async Task After_a_timeout_redis_is_left_alone_for_a_while()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();

        // Long enough for a pause of the machine: the fill must not run into it.
        var limit = TimeSpan.FromSeconds(2);
        await using var instance = new TestInstance(
            _stream,
            connection,
            _service,
            configure: options => options.RedisTimeout = limit
        );
        await Fill(instance, 10, "ten");
        Assert.Equal("ten", await Read(instance));

        await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
        try
        {
            Assert.Null(await Read(instance));
            Assert.Equal(1, instance.Metrics.L2Errors.Value);

            // Neither waits: they complete where they are called.
            Assert.True(instance.L2.ReadAsync("k").IsCompletedSuccessfully);
            Assert.True(
                instance
                    .L2.FillAsync("k", Entry(At(11), "eleven"), instance.Time.GetTimestamp())
                    .IsCompletedSuccessfully
            );
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", server.ProcessId, Cancellation);
        }

        // The clock of the instance stands still, and with it the break.
        Assert.Equal(L2CircuitState.Open, instance.L2.Circuit);
        Assert.True(instance.L2.ReadAsync("k").IsCompletedSuccessfully);
        await Eventually.Until(
            () =>
            {
                instance.Time.Advance(2 * limit);
                return Read(instance);
            },
            value => value == "ten",
            cancellationToken: Cancellation
        );
        Assert.Equal(L2CircuitState.Closed, instance.L2.Circuit);
    }

    [Fact]
    public async Task A_request_that_reads_several_entries_does_not_wait_for_each()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        await using var instance = new TestInstance(
            _stream,
            connection,
            _service,
            configure: options => options.RedisTimeout = TimeSpan.FromMilliseconds(50),
            start: false
        );
        await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
        try
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.Null(await Read(instance));
            }

            // One is enough where the server answered a read before the signal reached it.
            Assert.InRange(instance.Metrics.L2Errors.Value, 1, 2);
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", server.ProcessId, Cancellation);
        }
    }

    [Fact]
    public async Task What_the_group_does_is_never_passed_by()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        await using var instance = new TestInstance(
            _stream,
            connection,
            _service,
            configure: options => options.RedisTimeout = TimeSpan.FromMilliseconds(50)
        );
        await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
        try
        {
            await Eventually.Until(
                async () => await Read(instance) is null && instance.L2.Circuit == L2CircuitState.Open,
                cancellationToken: Cancellation
            );
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", server.ProcessId, Cancellation);
        }

        await Eventually.Until(
            async () =>
            {
                await instance.L2.InvalidateAsync(Invalidation.Of(keys: ["k"], tags: ["red"]), At(12), Cancellation);
                return true;
            },
            cancellationToken: Cancellation
        );
        Assert.Equal(L2CircuitState.Open, instance.L2.Circuit);
        Assert.True(await connection.GetDatabase().KeyExistsAsync($"{_service}:1:k"));
    }

    /// <summary>The client gives up by itself, after its own time.</summary>
    [Fact]
    public async Task An_invalidation_that_redis_does_not_answer_times_out()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},asyncTimeout=200");
        await using var instance = new TestInstance(_stream, connection, _service);
        await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
        try
        {
            var invalidation = instance.L2.InvalidateAsync(
                Invalidation.Of(keys: ["a", "b"], tags: ["t"]),
                At(10),
                Cancellation
            );
            Assert.Same(
                invalidation,
                await Task.WhenAny(invalidation, Task.Delay(Eventually.DefaultLimit, Cancellation))
            );
            await Assert.ThrowsAnyAsync<TimeoutException>(() => invalidation);
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", server.ProcessId, Cancellation);
        }
    }

    [Fact]
    public async Task What_fails_after_the_limit_leaves_no_unobserved_exception()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        await using var instance = new TestInstance(
            _stream,
            connection,
            _service,
            configure: options => options.RedisTimeout = TimeSpan.FromMilliseconds(200),
            start: false
        );
        var database = connection.GetDatabase();
        await database.StringSetAsync($"{_service}:1/epochs", "of another type: the command fails");
        await database.HashSetAsync($"{_service}:1:k", "of another type", "the script fails");
        var unobserved = new ConcurrentQueue<Exception>();
        void Report(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Report;
        try
        {
            await ProcessSignal.SendAsync("STOP", server.ProcessId, Cancellation);
            try
            {
                await TimeOutAsync(instance);
            }
            finally
            {
                await ProcessSignal.SendAsync("CONT", server.ProcessId, Cancellation);
            }

            // The late failures come before the answers to these.
            for (var i = 0; i < 3; i++)
            {
                await database.PingAsync();
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.DoesNotContain(
                unobserved,
                exception => exception.ToString().Contains("WRONGTYPE", StringComparison.Ordinal)
            );
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Report;
        }
    }

    [Fact]
    public async Task After_a_gap_newcomers_do_not_trust_what_the_group_may_have_missed_either()
    {
        await using var first = NewInstance();
        await FillRaceTests.FillRedisAsync(first, "company:4", "old");
        first.Tail.IsHeld = true;
        var missed = _stream.Announce(new CompanyUpdated { CompanyId = 4 });
        first.Tail.Start(missed, TailStartReason.Gap);
        first.Tail.Heartbeat(missed);
        await Eventually.Until(
            async () => (await first.L2.ReadEpochsAsync())!.Everything == missed,
            cancellationToken: Cancellation
        );
        Assert.Equal(("new", CacheOutcome.Miss), await first.ReadAsync("company:4", "new", Memory));

        await using var newcomer = NewInstance();
        await Eventually.Until(() => newcomer.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal(("new", CacheOutcome.Miss), await newcomer.ReadAsync("company:4", "new", Memory));
    }

    [Fact]
    public async Task The_end_of_a_gap_reaches_redis_however_late_it_answers()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        await using var instance = new TestInstance(_stream, connection, _service);
        await connection.GetDatabase().StringSetAsync($"{_service}:1/epochs", "of another type: the script fails");
        var done = instance.L2.DropBeforeAsync(At(2000), Cancellation);
        await Eventually.Until(() => instance.Metrics.L2Errors.Value > 0, cancellationToken: Cancellation);
        Assert.False(done.IsCompleted);
        await connection.GetDatabase().KeyDeleteAsync($"{_service}:1/epochs");

        await done.WaitAsync(Eventually.DefaultLimit, Cancellation);
        Assert.Equal(At(2000), (await instance.L2.ReadEpochsAsync())!.Everything);
    }

    /// <summary>On its own, so that nothing keeps the abandoned tasks from being collected.</summary>
    private static async Task TimeOutAsync(TestInstance instance)
    {
        await instance.L2.FillAsync("k", Entry(At(10), "late"), instance.Time.GetTimestamp());
        Assert.Null(await instance.L2.ReadEpochsAsync());
        Assert.Equal(2, instance.Metrics.L2Errors.Value);
    }

    private static MessagePosition At(ulong position) => new(position, 0);

    private static L2Entry Entry(MessagePosition asOf, string value) =>
        new(
            asOf,
            DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow.AddMinutes(5),
            [],
            IsNull: false,
            Encoding.UTF8.GetBytes(value)
        );

    private static Task Fill(TestInstance instance, ulong position, string value) =>
        instance.L2.FillAsync("k", Entry(At(position), value), instance.Time.GetTimestamp());

    private static Task Invalidate(TestInstance instance, ulong position) =>
        instance.L2.InvalidateAsync(Invalidation.Key("k"), At(position), Cancellation);

    private static async Task<string?> Read(TestInstance instance) =>
        await instance.L2.ReadAsync("k") is { } entry ? Encoding.UTF8.GetString(entry.Payload.Span) : null;

    private TestInstance NewInstance(Action<CachingOptions>? configure = null) =>
        new(_stream, redis.Connection, _service, configure: configure);
}
