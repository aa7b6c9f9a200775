using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class ReadingOperationsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pending_list_comes_page_by_page_and_reading_it_changes_nothing()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(5);
        await ops.ReadAsync(2, consumer: "one");
        await ops.ReadAsync(3, consumer: "two");
        await redis.Database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)ops.Keys.Stream,
            "g",
            "one",
            0,
            "1-2",
            "IDLE",
            7_200_000,
            "RETRYCOUNT",
            3,
            "JUSTID"
        );

        var first = await ops.Admin.GetPendingAsync("g", count: 2, cancellationToken: Stop);
        var second = await ops.Admin.GetPendingAsync("g", after: first[^1].Position, count: 2, cancellationToken: Stop);
        var third = await ops.Admin.GetPendingAsync("g", after: second[^1].Position, count: 2, cancellationToken: Stop);

        Assert.Equal(
            [("1-1", "one", 1L), ("1-2", "one", 3L), ("1-3", "two", 1L), ("1-4", "two", 1L), ("1-5", "two", 1L)],
            first.Concat(second).Concat(third).Select(p => (p.Position.ToString(), p.Consumer, p.Deliveries))
        );
        Assert.InRange(first[0].Idle, TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.InRange(first[1].Idle, TimeSpan.FromHours(2), TimeSpan.FromHours(3));
        var again = await ops.Admin.GetPendingAsync("g", cancellationToken: Stop);
        Assert.Equal([1L, 3L, 1L, 1L, 1L], again.Select(p => p.Deliveries));
        Assert.True(again[0].Idle >= first[0].Idle);
    }

    [Fact]
    public async Task The_pending_list_is_narrowed_by_consumer_and_by_idle_time()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(4);
        await ops.ReadAsync(2, consumer: "one");
        await ops.ReadAsync(2, consumer: "two");
        foreach (var (id, consumer) in new[] { ("1-2", "one"), ("1-3", "two") })
        {
            await redis.Database.ExecuteAsync(
                "XCLAIM",
                (RedisKey)ops.Keys.Stream,
                "g",
                consumer,
                0,
                id,
                "IDLE",
                7_200_000,
                "JUSTID"
            );
        }

        Assert.Equal(["1-3", "1-4"], await PendingAsync(new() { Consumer = "two" }));
        Assert.Equal(["1-2", "1-3"], await PendingAsync(new() { MinIdle = TimeSpan.FromHours(1) }));
        Assert.Equal(["1-3"], await PendingAsync(new() { Consumer = "two", MinIdle = TimeSpan.FromHours(1) }));
        Assert.Empty(await PendingAsync(new() { Consumer = "missing" }));

        async Task<IEnumerable<string>> PendingAsync(PendingFilter filter) =>
            (await ops.Admin.GetPendingAsync("g", filter, cancellationToken: Stop)).Select(p => p.Position.ToString());
    }

    [Fact]
    public async Task The_pending_list_of_an_unknown_group_and_a_page_of_impossible_size_are_refused()
    {
        await using var ops = await Operations.StartAsync(redis);

        var unknown = await Assert.ThrowsAsync<ConsumerGroupNotFoundException>(() =>
            ops.Admin.GetPendingAsync("h", cancellationToken: Stop)
        );
        Assert.Contains("has no group 'h'; it has: g", unknown.Message, StringComparison.Ordinal);
        foreach (var count in new[] { 0, 1001 })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
                ops.Admin.GetPendingAsync("g", count: count, cancellationToken: Stop)
            );
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
                ops.Admin.GetMessagesAsync(count: count, cancellationToken: Stop)
            );
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ops.Admin.GetLatestMessagesAsync(count, Stop));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.GetPendingAsync("g", new() { MinIdle = TimeSpan.FromMilliseconds(-1) }, cancellationToken: Stop)
        );
        await redis.Database.KeyDeleteAsync(ops.Keys.Stream);
        await Assert.ThrowsAsync<ConsumerGroupNotFoundException>(() =>
            ops.Admin.GetPendingAsync("g", cancellationToken: Stop)
        );
    }

    [Fact]
    public async Task Messages_are_read_decoded_from_both_ends_and_what_cannot_be_decoded_says_why()
    {
        await using var ops = await Operations.StartAsync(redis);
        var positions = await ops.Host.Publisher.PublishAsync([TestHost.Renamed(1), TestHost.Renamed(2)], Stop);
        var broken = MessagePosition.Parse(
            (string)(await redis.Database.ExecuteAsync("XADD", (RedisKey)ops.Keys.Stream, "*", "data", "\u0001broken"))!
        );

        var first = await ops.Admin.GetMessagesAsync(count: 1, cancellationToken: Stop);
        var rest = await ops.Admin.GetMessagesAsync(first[0].Position, cancellationToken: Stop);
        var latest = await ops.Admin.GetLatestMessagesAsync(2, Stop);

        Assert.Equal(
            (positions[0], "company/1", 1L),
            (first[0].Position, first[0].Envelope!.Subject, ((CompanyUpdated)first[0].Payload!).CompanyId)
        );
        Assert.Equal([positions[1], broken], rest.Select(m => m.Position));
        Assert.Equal([positions[1], broken], latest.Select(m => m.Position));
        Assert.Equal((null, null, DeadLetterReason.Undecodable), (rest[1].Envelope, rest[1].Payload, rest[1].Problem));
        Assert.NotEmpty(rest[1].Error!);
        Assert.Equal("\u0001broken"u8.ToArray(), rest[1].Data.ToArray());
        Assert.Null(first[0].Problem);
        Assert.Empty(await ops.Admin.GetMessagesAsync(broken, cancellationToken: Stop));
    }

    [Fact]
    public async Task The_server_says_what_it_can_do()
    {
        await using var ops = await Operations.StartAsync(redis);

        var server = await ops.Host.Monitor.GetServerAsync(Stop);

        Assert.True(server.IsSupported);
        Assert.True(server.Version >= new Version(7, 0));
        Assert.Equal(
            RedisTiers.Current == RedisTier.Latest,
            server.HasIdempotentAdd && server.HasAckDel && server.HasClaim
        );
    }
}
