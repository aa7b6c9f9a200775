using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Servers;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class ServerTierTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tier_is_what_the_probe_finds_and_is_asked_for_once()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        var tier = host.Services.GetRequiredService<ServerTier>();

        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => tier.GetAsync(Cancellation).AsTask()));

        Assert.All(all, features => Assert.Same(all[0], features));
        Assert.Equal(await host.Services.GetRequiredService<FeatureProbe>().ProbeAsync(Cancellation), all[0]);
    }

    [Fact]
    public async Task What_is_forgotten_is_asked_for_again()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        var tier = host.Services.GetRequiredService<ServerTier>();
        var first = await tier.GetAsync(Cancellation);

        tier.Forget();

        var second = await tier.GetAsync(Cancellation);
        Assert.NotSame(first, second);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_reconnect_makes_the_tier_ask_again()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        var tier = host.Services.GetRequiredService<ServerTier>();
        var first = await tier.GetAsync(Cancellation);

        using var admin = await ConnectionMultiplexer.ConnectAsync(redis.Server.AdminConnectionString);
        await admin.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await Eventually.Until(
            async () => await tier.GetAsync(Cancellation),
            again => !ReferenceEquals(first, again),
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task A_server_that_was_down_is_asked_again()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await server.StopAsync();
        await using var host = TestHost.Build(server, TestHost.NewStream());
        var tier = host.Services.GetRequiredService<ServerTier>();
        var failed = await Assert.ThrowsAnyAsync<Exception>(async () => await tier.GetAsync(Cancellation));
        Assert.True(RedisFaults.IsInfrastructure(failed), failed.ToString());

        await server.RestartAsync(Cancellation);

        var features = await Eventually.Until(
            async () => await tier.GetAsync(Cancellation),
            _ => true,
            TimeSpan.FromSeconds(60),
            Cancellation
        );
        Assert.True(features.IsSupported);
    }

    [Fact]
    public async Task A_server_that_refuses_to_tell_is_used_as_the_oldest_one()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.AdminConnectionString))
        {
            await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "-command");
        }

        await using var host = TestHost.Build(server, TestHost.NewStream());

        var features = await host.Services.GetRequiredService<ServerTier>().GetAsync(Cancellation);

        Assert.Equal(ServerFeatures.Of(ServerFeatures.Floor, hasAckDelCommands: false), features);
    }

    [Theory]
    [InlineData("XADD", "{key}", "NOSUCHOPTION", "publisher", "1", "*", "data", "")]
    [InlineData("XREADGROUP", "GROUP", "g", "c", "NOSUCHOPTION", "1", "STREAMS", "{key}", ">")]
    [InlineData("NOSUCHCOMMAND", "{key}", "g", "IDS", "1", "1-1")]
    public async Task An_option_or_command_that_the_server_does_not_know_is_told_from_other_errors(
        string command,
        params string[] arguments
    )
    {
        var key = $"{{{TestHost.NewStream()}}}";
        await redis.Database.ExecuteAsync("XGROUP", "CREATE", key, "g", "0", "MKSTREAM");

        var refused = await Assert.ThrowsAsync<RedisServerException>(() =>
            redis.Database.ExecuteAsync(
                command,
                [.. arguments.Select(object (argument) => argument == "{key}" ? key : argument)]
            )
        );

        Assert.True(ServerTier.IsUnknown(refused), refused.Message);
        var other = await Assert.ThrowsAsync<RedisServerException>(() =>
            redis.Database.ExecuteAsync("XREADGROUP", "GROUP", "none", "c", "STREAMS", key, ">")
        );
        Assert.False(ServerTier.IsUnknown(other), other.Message);
    }
}
