using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Settings;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>A script of the caller's adds the message and changes other keys in one step.</summary>
public sealed class PublishByScriptTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly PublishingScript Script = new(
        """
        local id = publish()
        redis.call('SET', KEYS[2], id .. ARGV[2])
        return {id, 'done'}
        """
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_message_and_the_change_are_there()
    {
        await using var host = await TestHost.StartConsumerAsync(redis.Server, TestHost.NewStream());
        RedisKey key = $"{{{host.Services.GetRequiredService<StreamContext>().Name}}}:test:changed";

        var (position, result) = await host.Publisher.PublishAsync(Script, TestHost.Renamed(1), [key], ["!"], Stop);

        Assert.Equal("done", (string?)result);
        Assert.Equal($"{position}!", (string?)await redis.Database.StringGetAsync(key));
        await host.DrainedAsync();
        Assert.Equal([position], host.Handled.All.Select(delivery => delivery.Position));
    }

    [Fact]
    public async Task A_message_with_an_id_is_refused_since_the_script_could_run_twice()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Publisher.PublishAsync(Script, TestHost.Renamed(1) with { MessageId = "id" }, [], [], Stop)
        );

        Assert.Contains("message id", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_is_told_to_the_publisher()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        var broken = new PublishingScript("error('broken')");

        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            host.Publisher.PublishAsync(broken, TestHost.Renamed(1), [], [], Stop)
        );

        Assert.IsType<RedisServerException>(failed.InnerException);
    }
}
