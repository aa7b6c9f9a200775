using RedisFlow.Chaos.Faults;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests.Faults;

public sealed class ReplyDroppingProxyTests
{
    [Fact]
    public async Task While_replies_are_dropped_commands_still_run_and_afterwards_their_connections_are_gone()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync(stop);
        await using var proxy = new ReplyDroppingProxy(redis.Port);
        Assert.Equal("1", await RawCommand.RunAsync(proxy.Port, ["INCR", "n"], stop));

        proxy.BeginDrop();
        var unanswered = RawCommand.RunAsync(proxy.Port, ["INCR", "n"], stop);
        await Eventually.Until(() => proxy.Dropped > 0, cancellationToken: stop);
        Assert.Equal("3", await RawCommand.RunAsync(redis.Port, ["INCR", "n"], stop));
        Assert.False(unanswered.IsCompleted);

        proxy.EndDrop();
        await Assert.ThrowsAsync<IOException>(() => unanswered);
        Assert.Equal("4", await RawCommand.RunAsync(proxy.Port, ["INCR", "n"], stop));
    }
}
