using System.Buffers.Binary;
using RedisFlow.Caching.L2;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>Tombstones that come while Redis writes others are written together.</summary>
public sealed class TombstoneWriterTests(RedisFixture redis)
{
    private const int Slot = -1;

    private readonly string _service = ServiceNames.New();

    private int _scripts;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_while_a_script_is_under_way_is_one_script_more()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        using var connection = await ConnectionMultiplexer.ConnectAsync(proxy.ConnectionString);
        var writer = NewWriter(() => connection.GetDatabase());
        proxy.BeginStall();
        Task[] written = [.. Enumerable.Range(1, 8).Select(number => WriteAsync(writer, number, $"k{number}", "all"))];
        proxy.EndStall();

        await Task.WhenAll(written).WaitAsync(Eventually.DefaultLimit, Stop);

        Assert.Equal(2, _scripts);
        Assert.Equal(Position(8), await PositionAsync("all"));
        Assert.Equal(Position(5), await PositionAsync("k5"));
    }

    [Fact]
    public async Task A_script_has_a_limited_number_of_keys()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        using var connection = await ConnectionMultiplexer.ConnectAsync(proxy.ConnectionString);
        var writer = NewWriter(() => connection.GetDatabase());
        proxy.BeginStall();
        string[] sixty = [.. Enumerable.Range(0, 60).Select(number => $"k{number}")];
        string[] hundred = [.. Enumerable.Range(0, TombstoneWriter.KeysPerScript).Select(number => $"k{number}")];
        Task[] written =
        [
            WriteAsync(writer, 1, "first"),
            WriteAsync(writer, 2, sixty),
            WriteAsync(writer, 3, sixty),
            WriteAsync(writer, 4, hundred),
        ];
        proxy.EndStall();

        await Task.WhenAll(written).WaitAsync(Eventually.DefaultLimit, Stop);

        Assert.Equal(4, _scripts);
        Assert.Equal(Position(4), await PositionAsync("k59"));
    }

    [Fact]
    public async Task Who_waits_for_a_script_that_fails_is_told_and_the_next_one_is_sent()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        using var connection = await ConnectionMultiplexer.ConnectAsync(proxy.ConnectionString);
        var fails = false;
        var writer = NewWriter(() => fails ? throw new RedisException("broken") : connection.GetDatabase());
        proxy.BeginStall();
        var first = WriteAsync(writer, 1, "k");
        fails = true;
        Task[] failing = [WriteAsync(writer, 2, "k"), WriteAsync(writer, 3, "k")];
        proxy.EndStall();

        await first.WaitAsync(Eventually.DefaultLimit, Stop);
        foreach (var task in failing)
        {
            await Assert.ThrowsAsync<RedisException>(() => task.WaitAsync(Eventually.DefaultLimit, Stop));
        }

        Assert.Equal(Position(1), await PositionAsync("k"));
        fails = false;
        await WriteAsync(writer, 4, "k").WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal(Position(4), await PositionAsync("k"));
    }

    private static MessagePosition Position(int number) => new(1000, (ulong)number);

    private TombstoneWriter NewWriter(Func<IDatabase> connection) =>
        new(
            () =>
            {
                Interlocked.Increment(ref _scripts);
                return connection();
            },
            TimeSpan.FromMinutes(1)
        );

    private Task WriteAsync(TombstoneWriter writer, int number, params string[] keys)
    {
        var now = DateTimeOffset.UtcNow;
        var tombstone = L2Codec.EncodeTombstone(Position(number), now, now.AddMinutes(1));
        return writer.WriteAsync(Slot, [.. keys.Select(key => (RedisKey)Name(key))], tombstone);
    }

    private string Name(string key) => $"{_service}:1:{key}";

    private async Task<MessagePosition> PositionAsync(string key)
    {
        using var connection = await redis.OneServer.ConnectAsync();
        var bytes = (byte[])(await connection.GetDatabase().StringGetAsync(Name(key)))!;
        Assert.Equal(L2Content.Tombstone, L2Codec.Decode(bytes, out _));
        return new MessagePosition(
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(4)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(12))
        );
    }
}
