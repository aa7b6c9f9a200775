using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// Replies to reads, in the shapes of RESP2; a script returns each, so that they come the way that real ones do.
/// </summary>
public sealed class RedisReplyTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const string Entries =
        "{{'1-1', {'other', 'x', 'data', 'one'}}, {'1-2', {'data', 'two'}}, {'2-0', {'other', 'y'}}}";

    [Fact]
    public async Task A_read_of_one_stream_is_understood()
    {
        var entries = RedisReply.ReadEntries(await EvalAsync("return {{'{s}:stream', " + Entries + "}}"));

        Assert.Equal(["1-1", "1-2", "2-0"], entries.Select(e => e.Position.ToString()));
        Assert.True(entries[0].Data!.AsSpan().SequenceEqual("one"u8));
        Assert.True(entries[1].Data!.AsSpan().SequenceEqual("two"u8));
        Assert.Null(entries[2].Data);
        Assert.All(entries, e => Assert.False(e.IsLost));
    }

    [Theory]
    [InlineData("return false")]
    [InlineData("return {}")]
    public async Task Nothing_read_is_no_entries(string script) =>
        Assert.Empty(RedisReply.ReadEntries(await EvalAsync(script)));

    [Fact]
    public void No_reply_is_no_entries() => Assert.Empty(RedisReply.ReadEntries(null));

    [Fact]
    public async Task An_entry_without_data_any_more_is_lost()
    {
        var entry = Assert.Single(RedisReply.ReadEntries(await EvalAsync("return {{'k', {{'5-0', false}}}}")));
        Assert.Equal(new RawEntry(new MessagePosition(5, 0), null, IsLost: true), entry);
    }

    [Theory]
    [InlineData("return {{'a', {}}, {'b', {}}}")]
    [InlineData("return {'a', " + Entries + "}")]
    public async Task What_is_no_read_of_one_stream_is_refused(string script)
    {
        var reply = await EvalAsync(script);
        Assert.Throws<FormatException>(() => RedisReply.ReadEntries(reply));
    }

    [Fact]
    public async Task A_real_read_is_understood()
    {
        RedisKey key = $"{{{TestHost.NewStream()}}}:stream";
        await redis.Database.ExecuteAsync("XADD", key, "7-1", "data", "x");
        await using var connection = new BlockingConnection(
            redis.Server.ConnectionString,
            "test",
            key,
            TimeProvider.System
        );
        var entry = Assert.Single(
            RedisReply.ReadEntries(
                await connection.ReadAsync(
                    "XREAD",
                    ["COUNT", 10, "STREAMS", key, "0"],
                    TimeSpan.Zero,
                    TestContext.Current.CancellationToken
                )
            )
        );
        Assert.Equal(new MessagePosition(7, 1), entry.Position);
    }

    private Task<RedisResult> EvalAsync(string script) => redis.Database.ExecuteAsync("EVAL", script, 0);
}
