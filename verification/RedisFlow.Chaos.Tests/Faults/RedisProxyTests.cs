using RedisFlow.Chaos.Faults;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests.Faults;

public sealed class RedisProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_replies_are_lost_commands_still_run_and_afterwards_their_connections_are_gone()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);
        Assert.Equal("1", await RawCommand.RunAsync(proxy.Port, ["INCR", "n"], Cancellation));

        proxy.LoseReplies();
        var unanswered = RawCommand.RunAsync(proxy.Port, ["INCR", "n"], Cancellation);
        await Eventually.Until(() => proxy.Lost > 0, cancellationToken: Cancellation);
        Assert.Equal("3", await RawCommand.RunAsync(redis.Port, ["INCR", "n"], Cancellation));
        Assert.False(unanswered.IsCompleted);

        proxy.Reset();
        await Assert.ThrowsAsync<IOException>(() => unanswered);
        Assert.Equal("4", await RawCommand.RunAsync(proxy.Port, ["INCR", "n"], Cancellation));
    }

    [Fact]
    public async Task What_is_held_up_runs_afterwards_and_is_answered()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);

        proxy.BeginStall();
        var heldUp = RawCommand.RunAsync(proxy.Port, ["INCR", "n"], Cancellation);
        Assert.Equal("1", await RawCommand.RunAsync(redis.Port, ["INCR", "n"], Cancellation));
        Assert.False(heldUp.IsCompleted);

        proxy.EndStall();
        Assert.Equal("2", await heldUp);
    }

    [Fact]
    public async Task After_a_cut_open_connections_are_gone_and_new_ones_are_let_through()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);
        var blocked = RawCommand.RunAsync(proxy.Port, ["BLPOP", "list", "0"], Cancellation);
        const string blockedClients =
            "return tonumber(string.match(redis.call('INFO', 'clients'), 'blocked_clients:(%d+)'))";
        await Eventually.Until(
            () => RawCommand.RunAsync(redis.Port, ["EVAL", blockedClients, "0"], Cancellation),
            count => count == "1",
            cancellationToken: Cancellation
        );

        proxy.Cut();

        await Assert.ThrowsAsync<IOException>(() => blocked);
        Assert.Equal("1", await RawCommand.RunAsync(proxy.Port, ["INCR", "n"], Cancellation));
    }
}
