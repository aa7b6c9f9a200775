using System.Buffers;
using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

public sealed class ReadingTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_the_source_then_memory_and_elsewhere_Redis()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        Assert.Equal(("v1", CacheOutcome.Miss), await first.ReadAsync("k", "v1"));
        Assert.Equal(("v1", CacheOutcome.L1), await first.ReadAsync("k", "v2"));
        await InRedis(first, "k");
        Assert.Equal(("v1", CacheOutcome.L2), await second.ReadAsync("k", "v2"));
        Assert.Equal(("v1", CacheOutcome.L1), await second.ReadAsync("k", "v2"));
        Assert.Equal(
            (1, 1, 1),
            (first.StatisticsOf().L1Hits.Value, second.StatisticsOf().L2Hits.Value, first.StatisticsOf().Misses.Value)
        );
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task The_overload_for_spans_shares_everything_with_the_one_for_strings()
    {
        await using var instance = NewInstance();
        Assert.Equal(
            "v1",
            await instance.Cache.GetOrCreateAsync(
                "k".AsSpan(),
                _ => ValueTask.FromResult("v1"),
                cancellationToken: Cancellation
            )
        );
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2"));
        Assert.Equal(
            "v1",
            await instance.Cache.GetOrCreateAsync(
                $"{'k'}",
                _ => ValueTask.FromResult("v2"),
                cancellationToken: Cancellation
            )
        );
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Null_is_a_value()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        Assert.Equal((null!, CacheOutcome.Miss), await first.ReadAsync("k", null!));
        Assert.Equal((null!, CacheOutcome.L1), await first.ReadAsync("k", "v"));
        await InRedis(first, "k");
        Assert.Equal((null!, CacheOutcome.L2), await second.ReadAsync("k", "v"));
    }

    // https://github.com/dotnet/runtime/issues/125602
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task A_change_at_one_instance_evicts_the_other_and_only_what_it_concerns()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        foreach (var instance in new[] { first, second })
        {
            await instance.ReadAsync("company:1", "old");
            await instance.ReadAsync("company:2", "old");
        }

        await first.Cache.RemoveAsync("company:1", Cancellation);

        // The first to load again fills Redis for the other.
        Assert.Equal(("new", CacheOutcome.Miss), await second.ReadAsync("company:1", "new"));
        await InRedis(second, "company:1");
        Assert.Equal(("new", CacheOutcome.L2), await first.ReadAsync("company:1", "newer"));
        Assert.Equal(("old", CacheOutcome.L1), await first.ReadAsync("company:2", "new"));
        Assert.Equal(("old", CacheOutcome.L1), await second.ReadAsync("company:2", "new"));
    }

    [Fact]
    public async Task Who_removes_serves_the_old_value_no_more_even_before_its_tail_hears_of_it()
    {
        await using var instance = NewInstance();
        await FillRaceTests.FillRedisAsync(instance, "k", "old");
        await FillRaceTests.FillRedisAsync(instance, "p:1", "old");
        instance.Tail.IsHeld = true;
        await instance.Cache.RemoveAsync("k", Cancellation);
        await instance.Cache.RemoveByPrefixAsync("p", Cancellation);

        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("k", "new"));
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("p:1", "new"));
    }

    [Fact]
    public async Task Removals_have_no_subject_so_that_the_group_handles_them_side_by_side()
    {
        await using var instance = NewInstance();
        await instance.Cache.RemoveAsync("a", Cancellation);
        await instance.Cache.RemoveAsync("a", Cancellation);
        await instance.Cache.RemoveByPrefixAsync("p", Cancellation);

        Assert.Equal(["", "", ""], _stream.Messages.Select(message => message.Envelope.Subject));
    }

    [Fact]
    public async Task Several_keys_or_tags_are_one_message()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("a", "old");
        await instance.ReadAsync("b", "old", tags: ["red"]);
        await instance.ReadAsync("c", "old", tags: ["blue"]);
        await instance.Cache.RemoveAsync(["a", "x"], Cancellation);
        await instance.Cache.RemoveByTagAsync(["red", "blue"], Cancellation);

        Assert.Equal(2, _stream.Messages.Count);
        foreach (var key in new[] { "a", "b", "c" })
        {
            Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync(key, "new"));
        }
    }

    [Fact]
    public async Task Invalidations_of_another_service_are_not_ours()
    {
        await using var instance = NewInstance();
        await using var stranger = new TestInstance(_stream, redis.Connection, ServiceNames.New());
        await instance.ReadAsync("k", "old");
        await stranger.Cache.RemoveAsync("k", Cancellation);
        await stranger.RunGroupAsync();
        await instance.RunGroupAsync();
        Assert.Equal(("old", CacheOutcome.L1), await instance.ReadAsync("k", "new"));

        _stream.Announce(Invalidation.Key("k"));
        Assert.Equal("new", (await instance.ReadAsync("k", "new")).Value);
    }

    [Fact]
    public async Task A_set_value_is_served_here_and_there_and_replaces_older_ones()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        await second.ReadAsync("k", "old");
        await first.Cache.SetAsync("k", "set", cancellationToken: Cancellation);
        await first.RunGroupAsync();

        Assert.Equal(("set", CacheOutcome.L1), await first.ReadAsync("k", "loaded"));
        Assert.Equal(("set", CacheOutcome.L2), await second.ReadAsync("k", "loaded"));
    }

    [Fact]
    public async Task What_cannot_be_published_throws_and_says_so()
    {
        await using var instance = NewInstance();
        _stream.PublishFailure = new Streams.StreamPublishException("Redis is down.");
        await Assert.ThrowsAsync<Streams.StreamPublishException>(async () =>
            await instance.Cache.RemoveAsync("k", Cancellation)
        );
        await Assert.ThrowsAsync<Streams.StreamPublishException>(async () =>
            await instance.Cache.SetAsync("k", "v", cancellationToken: Cancellation)
        );
        Assert.Equal(CacheOutcome.Miss, (await instance.ReadAsync("k", "loaded")).Outcome);
    }

    // https://github.com/ZiggyCreatures/FusionCache/issues/452
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Mapped_events_and_faulty_mappings_invalidate()
    {
        await using var instance = NewInstance();
        foreach (var key in new[] { "company:1", "company:1:report", "company:2" })
        {
            await instance.ReadAsync(key, "old");
        }

        _stream.Announce(new CompanyUpdated { CompanyId = 1 });
        Assert.Equal("new", (await instance.ReadAsync("company:1", "new")).Value);
        Assert.Equal("old", (await instance.ReadAsync("company:1:report", "new")).Value);
        _stream.Announce(new CompanyDeleted { CompanyId = 1 });
        Assert.Equal("new", (await instance.ReadAsync("company:1:report", "new")).Value);
        Assert.Equal("old", (await instance.ReadAsync("company:2", "new")).Value);
        _stream.Announce(new CompanyUpdated { CompanyId = -1 });
        Assert.Equal("new", (await instance.ReadAsync("company:2", "new")).Value);
    }

    [Fact]
    public async Task The_group_cleans_Redis_up_also_for_instances_that_never_heard()
    {
        await using var first = NewInstance();
        foreach (var key in new[] { "company:1", "company:2", "company:2:report", "company:3" })
        {
            await FillRaceTests.FillRedisAsync(first, key, "old");
        }

        first.Tail.IsHeld = true;
        _stream.Announce(new CompanyUpdated { CompanyId = 1 });
        _stream.Announce(new CompanyDeleted { CompanyId = 2 });
        await first.RunGroupAsync();

        await using var late = NewInstance();
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal(("new", CacheOutcome.Miss), await late.ReadAsync("company:1", "new"));
        Assert.Equal(("new", CacheOutcome.Miss), await late.ReadAsync("company:2", "new"));
        Assert.Equal(("new", CacheOutcome.Miss), await late.ReadAsync("company:2:report", "new"));
        Assert.Equal(("old", CacheOutcome.L2), await late.ReadAsync("company:3", "new"));
        Assert.Equal(("old", CacheOutcome.L1), await late.ReadAsync("company:3", "new"));
    }

    [Fact]
    public async Task An_instance_that_starts_while_its_group_lags_serves_no_old_entry_from_Redis()
    {
        await using var first = NewInstance();
        await FillRaceTests.FillRedisAsync(first, "company:1", "old");
        await FillRaceTests.FillRedisAsync(first, "company:2", "old");
        var beforeChange = _stream.Last;
        first.Tail.IsHeld = true;
        var change = _stream.Announce(new CompanyUpdated { CompanyId = 1 });

        await using var late = NewInstance(start: false);
        late.Tail.Start(_stream.Last);
        late.Tail.Heartbeat(beforeChange);
        Assert.Equal(("new", CacheOutcome.Miss), await late.ReadAsync("company:1", "new"));

        // What it loaded itself it may take from Redis, whatever the group does.
        await InRedis(late, "company:1", change);
        late.L1.Clear();
        Assert.Equal(("new", CacheOutcome.L2), await late.ReadAsync("company:1", "newer"));

        // The group catches up: the untouched old entry becomes trusted.
        await late.RunGroupAsync();
        late.Tail.Heartbeat(change);
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal(("old", CacheOutcome.L2), await late.ReadAsync("company:2", "new"));
    }

    [Fact]
    public async Task A_gap_flushes_memory()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("k", "old");
        instance.Tail.Start(_stream.Last, Streams.TailStartReason.Gap);
        Assert.Equal(0, instance.L1.Count);
        Assert.Equal(1, instance.Metrics.Flushes.Value);
    }

    [Fact]
    public async Task While_blind_nothing_cached_is_served_and_afterwards_it_is_again()
    {
        await using var instance = NewInstance();
        await FillRaceTests.FillRedisAsync(instance, "k", "old");
        instance.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(("old", CacheOutcome.L1), await instance.ReadAsync("k", "new"));
        instance.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("k", "new"));
        Assert.Equal(("newer", CacheOutcome.Miss), await instance.ReadAsync("k", "newer"));
        Assert.Equal(2, instance.Metrics.BlindReads.Value);
        instance.Tail.Heartbeat(null);
        Assert.Equal(("old", CacheOutcome.L1), await instance.ReadAsync("k", "new"));
    }

    [Fact]
    public async Task An_instance_that_works_off_what_it_missed_stays_blind_until_it_is_at_the_end()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("company:1", "old");
        instance.Time.Advance(TimeSpan.FromSeconds(16));
        _stream.Announce(new CompanyUpdated { CompanyId = 7 });
        Assert.Equal(("new", CacheOutcome.Miss), await instance.ReadAsync("company:1", "new"));
    }

    [Fact]
    public async Task Before_the_tail_has_started_nothing_is_cached()
    {
        await using var instance = NewInstance(start: false);
        Assert.Equal(("v1", CacheOutcome.Miss), await instance.ReadAsync("k", "v1"));
        Assert.Equal(("v2", CacheOutcome.Miss), await instance.ReadAsync("k", "v2"));
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Fact]
    public async Task Entries_expire_at_both_levels()
    {
        await using var instance = NewInstance();
        var options = new HybridCacheEntryOptions
        {
            Expiration = TimeSpan.FromMinutes(2),
            LocalCacheExpiration = TimeSpan.FromMinutes(1),
        };
        await instance.ReadAsync("k", "v1", options);
        await InRedis(instance, "k");
        Beat(instance, TimeSpan.FromSeconds(61));
        Assert.Equal(("v1", CacheOutcome.L2), await instance.ReadAsync("k", "v2", options));

        // Memory does not keep it for longer than Redis would have.
        Beat(instance, TimeSpan.FromSeconds(58));
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("k", "v2", options));
        Beat(instance, TimeSpan.FromSeconds(2));
        Assert.Equal(("v2", CacheOutcome.Miss), await instance.ReadAsync("k", "v2", options));
    }

    [Theory]
    [Trait("Suite", "Conformance")]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheRead, CacheOutcome.L2)]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheWrite, CacheOutcome.L2)]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCacheRead, CacheOutcome.L1)]
    [InlineData(
        HybridCacheEntryFlags.DisableLocalCache | HybridCacheEntryFlags.DisableDistributedCacheRead,
        CacheOutcome.Miss
    )]
    public async Task Flags_are_honoured(HybridCacheEntryFlags flags, CacheOutcome second)
    {
        await using var instance = NewInstance();
        var options = new HybridCacheEntryOptions { Flags = flags };
        Assert.Equal(CacheOutcome.Miss, (await instance.ReadAsync("k", "v", options)).Outcome);
        await InRedis(instance, "k");
        Assert.Equal(second, (await instance.ReadAsync("k", "v", options)).Outcome);
    }

    // https://github.com/dotnet/extensions/issues/5688
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Without_the_source_there_is_the_default_and_without_writes_to_Redis_no_entry_there()
    {
        await using var instance = NewInstance();
        var noSource = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
        Assert.Equal((null!, CacheOutcome.Miss), await instance.ReadAsync("k", "v", noSource));
        Assert.Null(instance.L1.Get("k"));
        await instance.ReadAsync(
            "k",
            "v",
            new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite }
        );
        Assert.Equal(("v", CacheOutcome.L1), await instance.ReadAsync("k", "v2", noSource));
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Mutable_values_are_copied_per_caller_and_immutable_ones_shared()
    {
        await using var instance = NewInstance();
        var mutable = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => Get(instance, "m", () => new Mutable { Names = ["a"] }))
        );
        mutable[0].Names.Add("b");
        var again = await Get(instance, "m", () => new Mutable());
        Assert.Equal(["a"], again.Names);
        Assert.Equal(6, mutable.Append(again).Distinct(ReferenceEqualityComparer.Instance).Count());

        var shared = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Get(instance, "i", () => new Shared("a"))));
        Assert.Single(
            shared.Append(await Get(instance, "i", () => new Shared("b"))).Distinct(ReferenceEqualityComparer.Instance)
        );
    }

    [Fact]
    public async Task Serializers_protobuf_tuples_bytes_and_registered_ones_round_trip_through_Redis()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        await RoundTrip("proto", new CompanyUpdated { CompanyId = 7, Name = "n" });
        await RoundTrip("tuple", (1, "two"));
        await RoundTrip("bytes", new byte[] { 1, 2, 3 });
        await RoundTrip("number", 42);
        await RoundTrip("list", new List<int> { 1, 2 });

        async Task RoundTrip<T>(string key, T value)
        {
            await Get(first, key, () => value);
            await InRedis(first, key);
            Assert.Equal(value, await Get<T>(second, key, () => throw new InvalidOperationException("Redis has it.")));
            Assert.Equal(value, await Get<T>(second, key, () => throw new InvalidOperationException("Memory has it.")));
        }
    }

    [Fact]
    public async Task A_registered_serializer_wins()
    {
        await using var instance = new TestInstance(
            _stream,
            redis.Connection,
            _service,
            services: services => services.AddSingleton<IHybridCacheSerializer<string>, Upper>()
        );
        await instance.ReadAsync("k", "v");
        await InRedis(instance, "k");
        instance.L1.Clear();
        Assert.Equal(("V", CacheOutcome.L2), await instance.ReadAsync("k", "v2"));
    }

    [Fact]
    public async Task What_cannot_be_serialized_or_is_too_large_is_given_but_not_cached()
    {
        await using var instance = NewInstance(configure: options => options.MaxPayloadBytes = 10);
        Assert.Equal(CacheOutcome.Miss, (await instance.ReadAsync("k", "0123456789x")).Outcome);
        Assert.Equal(CacheOutcome.Miss, (await instance.ReadAsync("k", "0123456789x")).Outcome);

        var cycle = new Cycle();
        cycle.Self = cycle;
        Assert.Same(cycle, await Get(instance, "c", () => cycle));
        Assert.Null(instance.L1.Get("c"));
    }

    [Fact]
    public async Task A_damaged_entry_in_Redis_is_a_miss()
    {
        await using var instance = NewInstance();
        await Get(instance, "k", () => new List<int> { 1 });
        await InRedis(instance, "k");
        var key = $"{_service}:1:k";
        var bytes = (byte[])(await redis.Connection.GetDatabase().StringGetAsync(key))!;
        bytes[^1] ^= 0xFF;
        await redis.Connection.GetDatabase().StringSetAsync(key, bytes);
        instance.L1.Clear();

        Assert.Equal([2], await Get(instance, "k", () => new List<int> { 2 }));
        Assert.Equal(1, instance.Metrics.UnreadableL2Entries.Value);
    }

    [Fact]
    public async Task Another_type_under_the_same_key_is_a_miss()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("k", "text");
        await InRedis(instance, "k");
        Assert.Equal(7, await Get(instance, "k", () => 7));
    }

    [Fact]
    public async Task With_Redis_down_reads_are_quick_and_memory_serves()
    {
        // Long enough for a pause of the machine: the fill below must not run into it.
        var timeout = TimeSpan.FromSeconds(2);
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        await using var instance = new TestInstance(
            _stream,
            connection,
            _service,
            configure: options =>
            {
                // Long, since the clock is moved forward below.
                options.RedisTimeout = timeout;
                options.MaxDisconnectedTime = options.DefaultExpiration = TimeSpan.FromDays(100);
            }
        );
        await FillRaceTests.FillRedisAsync(instance, "k", "v");
        await server.StopAsync();

        Assert.Equal(("v", CacheOutcome.L1), await instance.ReadAsync("k", "v2"));
        Assert.Equal(
            ("fresh", CacheOutcome.Miss),
            await Soon.Within(2 * timeout, () => instance.ReadAsync(Guid.NewGuid().ToString("N"), "fresh"))
        );
        Assert.True(instance.Metrics.L2Errors.Value > 0);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Get<string>(instance, "third", () => throw new HttpRequestException("The source is down too."))
        );

        await server.RestartAsync(Cancellation);
        await Eventually.Until(
            async () =>
            {
                // A client that queues while it is disconnected lets the reads time out; they pause after that.
                instance.Time.Advance(3 * timeout);
                await instance.Cache.GetOrCreateAsync(
                    Guid.NewGuid().ToString("N"),
                    _ => ValueTask.FromResult("x"),
                    cancellationToken: Cancellation
                );
                instance.L1.Clear();
                return (await instance.ReadAsync("k", "v2")).Outcome == CacheOutcome.L2;
            },
            cancellationToken: Cancellation
        );
    }

    // https://github.com/dotnet/aspnetcore/issues/54647
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Nothing_that_is_cached_is_a_miss_to_a_type_that_has_no_nothing()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        foreach (var (instance, key) in new[] { (first, "in memory"), (second, "in Redis") })
        {
            await first.ReadAsync(key, null!);
            await InRedis(first, key);

            Assert.Equal(
                7,
                await instance.Cache.GetOrCreateAsync(
                    key,
                    _ => ValueTask.FromResult(7),
                    cancellationToken: Cancellation
                )
            );
        }
    }

    // https://github.com/ZiggyCreatures/FusionCache/issues/124
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task A_value_that_is_to_be_kept_for_ever_is_kept_at_both_levels()
    {
        var forEver = new HybridCacheEntryOptions
        {
            Expiration = TimeSpan.MaxValue,
            LocalCacheExpiration = TimeSpan.MaxValue,
        };
        await using var first = NewInstance();
        await using var second = NewInstance();
        Assert.Equal(("v", CacheOutcome.Miss), await first.ReadAsync("k", "v", forEver));
        await InRedis(first, "k");

        Assert.Equal(("v", CacheOutcome.L1), await first.ReadAsync("k", "w"));
        Assert.Equal(("v", CacheOutcome.L2), await second.ReadAsync("k", "w"));
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task A_call_can_say_that_its_value_is_not_compressed()
    {
        var value = string.Join(',', Enumerable.Range(0, 20_000));
        await using var instance = NewInstance();
        await instance.ReadAsync("packed", value);
        await instance.ReadAsync(
            "plain",
            value,
            new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableCompression }
        );
        await InRedis(instance, "packed");
        await InRedis(instance, "plain");

        Assert.InRange(await LengthAsync("packed"), 1, value.Length / 2);
        Assert.InRange(await LengthAsync("plain"), value.Length, value.Length + 100);

        Task<long> LengthAsync(string key) => redis.Connection.GetDatabase().StringLengthAsync($"{_service}:1:{key}");
    }

    // https://github.com/dotnet/extensions/issues/6202
    // https://github.com/dotnet/extensions/issues/5688
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Readers_without_a_source_at_the_same_time_never_run_the_factory()
    {
        await using var instance = NewInstance();
        var noSource = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
        var ran = 0;

        Assert.All(await ReadAsync(), value => Assert.Equal(default, value));
        Assert.Equal(0, ran);

        await instance.Cache.SetAsync("k", (7, new List<int> { 1 }), cancellationToken: Cancellation);
        Assert.All(await ReadAsync(), value => Assert.Equal((7, 1), (value.Number, Assert.Single(value.Numbers))));
        Assert.Equal(0, ran);

        Task<(int Number, List<int> Numbers)[]> ReadAsync() =>
            Task.WhenAll(
                Enumerable
                    .Range(0, 100)
                    .Select(_ =>
                        Task.Run(async () =>
                            await instance.Cache.GetOrCreateAsync(
                                "k",
                                _ =>
                                {
                                    Interlocked.Increment(ref ran);
                                    return ValueTask.FromResult((-1, new List<int>()));
                                },
                                noSource,
                                cancellationToken: Cancellation
                            )
                        )
                    )
            );
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task To_drop_no_keys_and_no_tags_is_nothing_to_do()
    {
        await using var instance = NewInstance();
        var published = instance.Stream.Messages.Count;

        await instance.Cache.RemoveAsync((IEnumerable<string>)null!, Cancellation);
        await instance.Cache.RemoveAsync([], Cancellation);
        await instance.Cache.RemoveByTagAsync((IEnumerable<string>)null!, Cancellation);
        await instance.Cache.RemoveByTagAsync([], Cancellation);

        Assert.Equal(published, instance.Stream.Messages.Count);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  ", "empty")]
    [InlineData("a\nb", "U+000A at index 1")]
    public async Task Bad_keys_are_refused_by_name(string key, string problem)
    {
        await using var instance = NewInstance();
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => instance.ReadAsync(key, "v"));
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await instance.Cache.RemoveAsync(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await instance.Cache.RemoveByPrefixAsync(key, Cancellation)
        );
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await instance.Cache.SetAsync(key, "v", cancellationToken: Cancellation)
        );
    }

    [Fact]
    public async Task Keys_prefixes_and_tags_that_would_be_the_same_in_UTF_8_are_refused()
    {
        await using var instance = NewInstance();

        // Built here: in the metadata of an attribute they would be replaced.
        string[] halves = ["user:\uD800", "user:\uDBFF", "\uDC00user", "user:\uD800x", "user:\uDC00\uD800"];
        foreach (var half in halves)
        {
            var failure = await Assert.ThrowsAsync<ArgumentException>(() => instance.ReadAsync(half, "v"));
            Assert.Contains("half of a surrogate pair, U+D", failure.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await instance.Cache.SetAsync(half, "v", cancellationToken: Cancellation)
            );
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await instance.Cache.SetAsync("k", "v", tags: [half], cancellationToken: Cancellation)
            );
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await instance.Cache.RemoveAsync(half, Cancellation)
            );
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await instance.Cache.RemoveByPrefixAsync(half, Cancellation)
            );
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await instance.Cache.RemoveByTagAsync(half, Cancellation)
            );
        }

        Assert.Equal("v", (await instance.ReadAsync("user:\U0001F600", "v")).Value);
    }

    [Fact]
    public async Task Keys_have_at_most_1024_characters()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync(new string('k', 1024), "v");
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => instance.ReadAsync(new string('k', 1025), "v"));
        Assert.Contains("1025 characters; at most 1024", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentNullException>(() => instance.ReadAsync(null!, "v"));
    }

    internal static Task InRedis(TestInstance instance, string key, Streams.MessagePosition? asOf = null) =>
        Eventually.Until(
            async () => await instance.L2.ReadAsync(key) is { } entry && entry.AsOf >= (asOf ?? default),
            cancellationToken: Cancellation
        );

    private static Task<T> Get<T>(TestInstance instance, string key, Func<T> load) =>
        instance
            .Cache.GetOrCreateAsync(
                key,
                async _ =>
                {
                    await Task.Yield();
                    return load();
                },
                cancellationToken: Cancellation
            )
            .AsTask();

    private static void Beat(TestInstance instance, TimeSpan by)
    {
        instance.Time.Advance(by);
        instance.Tail.Heartbeat(instance.Stream.Last);
    }

    private TestInstance NewInstance(bool start = true, Action<CachingOptions>? configure = null) =>
        new(_stream, redis.Connection, _service, configure: configure, start: start);

    public sealed class Mutable
    {
        public List<string> Names { get; set; } = [];
    }

    [ImmutableObject(true)]
    public sealed record Shared(string Name);

    public sealed class Cycle
    {
        public Cycle? Self { get; set; }
    }

    private sealed class Upper : IHybridCacheSerializer<string>
    {
        public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source).ToUpperInvariant();

        public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);
    }
}
