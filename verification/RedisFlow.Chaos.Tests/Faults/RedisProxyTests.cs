using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests.Faults;

public sealed class RedisProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> AskAsync(int port, string[] command) =>
        (await RedisWire.AskAsync(port, command, Cancellation)).Single();

    [Fact]
    public async Task While_replies_are_lost_commands_still_run_and_afterwards_their_connections_are_gone()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);
        Assert.Equal("1", await AskAsync(proxy.Port, ["INCR", "n"]));

        proxy.LoseReplies();
        var unanswered = AskAsync(proxy.Port, ["INCR", "n"]);
        await Eventually.Until(() => proxy.Lost > 0, cancellationToken: Cancellation);
        Assert.Equal("3", await AskAsync(redis.Port, ["INCR", "n"]));
        Assert.False(unanswered.IsCompleted);

        proxy.Reset();
        await Assert.ThrowsAsync<IOException>(() => unanswered);
        Assert.Equal("4", await AskAsync(proxy.Port, ["INCR", "n"]));
    }

    [Fact]
    public async Task What_is_held_up_runs_afterwards_and_is_answered()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);

        proxy.BeginStall();
        var heldUp = AskAsync(proxy.Port, ["INCR", "n"]);
        Assert.Equal("1", await AskAsync(redis.Port, ["INCR", "n"]));
        Assert.False(heldUp.IsCompleted);

        proxy.EndStall();
        Assert.Equal("2", await heldUp);
    }

    [Fact]
    public async Task After_a_cut_open_connections_are_gone_and_new_ones_are_let_through()
    {
        await using var redis = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new RedisProxy(redis.Port);
        var blocked = AskAsync(proxy.Port, ["BLPOP", "list", "0"]);
        const string blockedClients =
            "return tonumber(string.match(redis.call('INFO', 'clients'), 'blocked_clients:(%d+)'))";
        await Eventually.Until(
            () => AskAsync(redis.Port, ["EVAL", blockedClients, "0"]),
            count => count == "1",
            cancellationToken: Cancellation
        );

        proxy.Cut();

        await Assert.ThrowsAsync<IOException>(() => blocked);
        Assert.Equal("1", await AskAsync(proxy.Port, ["INCR", "n"]));
    }
}
