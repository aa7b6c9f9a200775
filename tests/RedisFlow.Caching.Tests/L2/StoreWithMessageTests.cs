using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.L2;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// A value that is set goes to Redis in one step with the message that announces it, unless something else was
/// announced before. On one server: in a cluster the stream and the entry are on different nodes as a rule.
/// </summary>
public sealed class StoreWithMessageTests(RedisFixture redis) : IAsyncLifetime
{
    private static readonly HybridCacheEntryOptions FromRedis = new()
    {
        Flags = HybridCacheEntryFlags.DisableLocalCacheRead,
    };

    private readonly string _stream = "test:" + Guid.NewGuid().ToString("N");
    private readonly string _service = ServiceNames.New();

    private ConnectionMultiplexer? _connection;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _connection = await redis.OneServer.ConnectAsync();

    public ValueTask DisposeAsync() => _connection!.DisposeAsync();

    [Theory]
    [InlineData(5)]
    [InlineData(20_000)]
    public async Task The_entry_has_the_position_of_its_message(int length)
    {
        await using var instance = await StartAsync();
        var known = await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);

        var (position, isStored) = await StoreAsync(instance, "k", Entry(known, new byte[length], "red", "größe"));

        Assert.True(isStored);
        Assert.True(position > known);
        var read = await instance.L2.ReadAsync("k");
        Assert.Equal((position, length), (read!.AsOf, read.Payload.Length));
        Assert.Equal(["red", "größe"], read.Tags);
        await instance.Cache.WaitUntilAppliedAsync(position, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
    }

    /// <summary>A Lua number does not hold this sequence. The stream is ahead of the clock, so that the next id counts
    /// on.</summary>
    [Fact]
    public async Task The_entry_has_the_position_of_its_message_whatever_the_sequence_is()
    {
        await using var instance = await StartAsync();
        var known = await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        var last = new MessagePosition(known.Milliseconds + 3_600_000, 18_446_744_073_709_551_612);
        await _connection!.GetDatabase().ExecuteAsync("XSETID", new StreamKeys(_stream).Stream, last.ToString());

        var (position, isStored) = await StoreAsync(instance, "k", Entry(known, [1]));

        Assert.True(isStored);
        Assert.Equal(last with { Sequence = last.Sequence + 1 }, position);
        Assert.Equal(position, (await instance.L2.ReadAsync("k"))!.AsOf);
    }

    [Fact]
    public async Task What_was_announced_in_between_keeps_the_entry_out()
    {
        await using var instance = await StartAsync();
        var known = await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        var between = await instance.Publisher.PublishAsync(CacheHost.Renamed(2), Stop);

        var (position, isStored) = await StoreAsync(instance, "k", Entry(known, [1]));

        Assert.False(isStored);
        Assert.True(position > between);
        Assert.Null(await instance.L2.ReadAsync("k"));
        Assert.True((await StoreAsync(instance, "k", Entry(position, [1]))).IsStored);
    }

    /// <summary>What was trimmed may have been anything.</summary>
    [Fact]
    public async Task A_stream_that_no_longer_says_what_was_there_keeps_the_entry_out()
    {
        await using var instance = await StartAsync();
        Assert.False((await StoreAsync(instance, "k", Entry(MessagePosition.Beginning, [1]))).IsStored);
        var known = await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        await _connection!.GetDatabase().StreamTrimAsync(new StreamKeys(_stream).Stream, 0);

        Assert.False((await StoreAsync(instance, "k", Entry(known, [1]))).IsStored);
        Assert.Null(await instance.L2.ReadAsync("k"));
    }

    [Fact]
    public async Task One_set_after_the_other_is_stored_although_the_own_tail_has_heard_of_none()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await StartAsync(tailConnection: proxy.ConnectionString);
        await AppliedAsync(instance, await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop));
        await Eventually.Until(() => instance.Log.Begin().TailHadStarted, cancellationToken: Stop);
        proxy.BeginStall();
        for (var round = 0; round < 20; round++)
        {
            await instance
                .Cache.SetAsync("k", $"value {round}", tags: ["t"], cancellationToken: Stop)
                .AsTask()
                .WaitAsync(Eventually.DefaultLimit, Stop);

            Assert.Equal($"value {round}", await instance.ReadAsync("k", "loaded"));
        }

        var stored = await instance.L2.ReadAsync("k");
        Assert.Equal(instance.Log.Applied, stored!.AsOf);
        proxy.EndStall();
    }

    [Fact]
    public async Task Neither_the_echo_nor_the_group_removes_what_was_set_and_others_find_it_in_Redis()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync(instance: "b");
        await AppliedAsync(first, await second.Publisher.PublishAsync(CacheHost.Renamed(1), Stop));
        foreach (var instance in new[] { first, second })
        {
            await Eventually.Until(
                () => instance.Log.Begin() is { TailHadStarted: true, EpochsComplete: true },
                cancellationToken: Stop
            );
        }

        await first.Cache.SetAsync("k", "set", cancellationToken: Stop);

        var position = first.Log.Applied;
        await AppliedAsync(second, position);
        await Eventually.Until(
            async () => (await first.Monitor.GetSnapshotAsync(Stop)).Groups is [{ Pending: 0, Lag: 0 }],
            cancellationToken: Stop
        );
        Assert.Equal("set", await first.ReadAsync("k", "loaded"));
        Assert.Equal("set", await second.ReadAsync("k", "loaded"));
        Assert.Equal(
            "set",
            await first.Cache.GetOrCreateAsync(
                "k",
                _ => ValueTask.FromResult("loaded"),
                FromRedis,
                cancellationToken: Stop
            )
        );
    }

    /// <summary>
    /// The change that this instance has not heard of may be newer than the value, and the value's later position would
    /// hide it.
    /// </summary>
    [Fact]
    public async Task A_change_that_was_announced_before_and_not_heard_keeps_the_value_out()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        await using var instance = await StartAsync(tailConnection: proxy.ConnectionString);
        await AppliedAsync(instance, await instance.Publisher.PublishAsync(CacheHost.Renamed(2), Stop));
        proxy.BeginStall();
        await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop);
        var set = instance.Cache.SetAsync("company:1", "old", cancellationToken: Stop).AsTask();
        await Eventually.Until(
            async () => await _connection!.GetDatabase().StreamLengthAsync(new StreamKeys(_stream).Stream) == 3,
            cancellationToken: Stop
        );
        Assert.Null(await instance.L2.ReadAsync("company:1"));

        proxy.EndStall();
        await set.WaitAsync(Eventually.DefaultLimit, Stop);

        Assert.Equal("new", await instance.ReadAsync("company:1", "new"));
    }

    [Fact]
    public async Task A_value_with_more_tags_than_an_entry_can_have_is_announced_and_kept_in_memory_alone()
    {
        await using var instance = await StartAsync();
        await AppliedAsync(instance, await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop));
        await instance.Cache.SetAsync("k", "before", cancellationToken: Stop);

        await instance.Cache.SetAsync(
            "k",
            "set",
            tags: Enumerable.Range(0, L2Codec.MaxTags + 1).Select(tag => $"t{tag}"),
            cancellationToken: Stop
        );

        Assert.Equal("set", await instance.ReadAsync("k", "loaded"));
        await Eventually.Until(
            async () =>
                L2Codec.Decode((byte[]?)await _connection!.GetDatabase().StringGetAsync($"{_service}:1:k"), out _),
            content => content == L2Content.Tombstone,
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task A_value_that_is_too_large_is_counted_once_and_announced()
    {
        await using var instance = await StartAsync();
        await AppliedAsync(instance, await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop));
        await instance.Cache.SetAsync("k", "before", cancellationToken: Stop);

        await instance.Cache.SetAsync(
            "k",
            new string('x', new CachingOptions().MaxPayloadBytes + 1),
            cancellationToken: Stop
        );

        Assert.Equal(1, instance.Metrics.TooLarge.Value);
        Assert.Equal("loaded", await instance.ReadAsync("k", "loaded"));
    }

    [Fact]
    public async Task A_Redis_that_refuses_writes_is_told_to_the_caller_and_nothing_is_stored()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await using var instance = await CacheHost.StartAsync(server, _stream, _service);
        await AppliedAsync(instance, await instance.Publisher.PublishAsync(CacheHost.Renamed(1), Stop));
        using var connection = await server.ConnectAsync(admin: true);
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        await Assert.ThrowsAsync<StreamPublishException>(async () =>
            await instance.Cache.SetAsync("k", "set", cancellationToken: Stop)
        );

        Assert.Equal("loaded", await instance.ReadAsync("k", "loaded"));
    }

    private static Task AppliedAsync(CacheHost instance, MessagePosition position) =>
        instance.Cache.WaitUntilAppliedAsync(position, Stop).WaitAsync(Eventually.DefaultLimit, Stop);

    private static L2Entry Entry(MessagePosition asOf, byte[] payload, params string[] tags) =>
        new(asOf, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1), tags, IsNull: false, payload);

    private static Task<(MessagePosition Position, bool IsStored)> StoreAsync(
        CacheHost instance,
        string key,
        L2Entry entry
    ) =>
        instance.L2.StoreWithMessageAsync(
            instance.Publisher,
            new Publication(Invalidation.Key(key), $"cache/{key}", "Drop"),
            key,
            entry,
            keepStale: TimeSpan.Zero,
            compresses: true,
            Stop
        );

    private Task<CacheHost> StartAsync(string instance = "a", string? tailConnection = null) =>
        CacheHost.StartAsync(redis.OneServer, _stream, _service, instance, tailConnection);
}
