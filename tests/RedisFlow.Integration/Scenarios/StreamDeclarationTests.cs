using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using RedisFlow.Aspire.Hosting;
using RedisFlow.Domain;
using RedisFlow.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// A stream's resource with other names, keys and groups than those of this system, and without any group.
/// </summary>
[Collection(OwnAppHost.Name)]
public sealed class StreamDeclarationTests
{
    [Fact]
    public async Task Should_RefuseTheStartAndSayHow_When_TheStreamHasNoGroup()
    {
        var builder = Builder("--ConnectionStrings:redis=127.0.0.1:1");
        builder.AddConnectionString("redis").AddStream("orders");
        await using var application = builder.Build();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            application.StartAsync(TestContext.Current.CancellationToken)
        );

        Assert.Contains("'orders' has no consumer group", refused.Message, StringComparison.Ordinal);
        Assert.Contains("WithStreamConsumer", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--Streams:Groups:0=reporting", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_SayThatThereIsNoSuchGroup_When_ACommandNeedsIt()
    {
        await using var storage = new RedisStorage();
        await using var redis = await RedisAlone.StartAsync(storage);

        foreach (var command in new[] { "pause-consumer", "resume-consumer", "claim-stale", "replay" })
        {
            var result = await redis.CommandAsync(GroupNames.Billing, command);

            Assert.False(result.Success);
            Assert.Contains($"has no group '{GroupNames.Billing}'", result.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, "", "shown", "")]
    [InlineData("orders", "", "orders", "")]
    [InlineData("orders", "", "other", "--Streams:Name=other")]
    [InlineData(null, "orders", "orders", "")]
    [InlineData("other", "orders", "other", "")]
    [InlineData(null, "orders", "third", "--Streams:Additional:orders:Name=third")]
    public async Task Should_ReadTheStreamThatTheServicesMean(
        string? streamName,
        string key,
        string read,
        string setting
    )
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        var builder = Builder($"--ConnectionStrings:store={server.ConnectionString}", setting);
        var stream = builder.AddConnectionString("store").AddStream("shown", streamName, key);
        builder.AddExecutable("shop", "shop", ".").WithStreamConsumer(stream, "buyers");
        using var access = new StreamAccess(stream.Resource, builder.Configuration, NullLoggerFactory.Instance);

        var monitor = await access.GetMonitorAsync(TestContext.Current.CancellationToken);
        var snapshot = await monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);
        var health = await access.CheckLagAsync(TestContext.Current.CancellationToken);

        Assert.Equal(read, snapshot.Stream);
        Assert.Null(health.Exception);
        Assert.Equal("buyers", Assert.Single(stream.Resource.Consumers).Group);
    }

    [Fact]
    public void Should_RefuseASecondStream_When_AServiceIsAConsumerAlready()
    {
        var builder = Builder("--ConnectionStrings:redis=127.0.0.1:1");
        var redis = builder.AddConnectionString("redis");
        var service = builder.AddExecutable("shop", "shop", ".").WithStreamConsumer(redis.AddStream("orders"));

        var refused = Assert.Throws<InvalidOperationException>(() =>
            service.WithStreamConsumer(redis.AddStream("returns", key: "returns"))
        );

        Assert.Contains("'shop' is a stream's consumer already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_RefuseAKey_When_ItCannotBePartOfASettingsName()
    {
        var builder = Builder("--ConnectionStrings:redis=127.0.0.1:1");
        var redis = builder.AddConnectionString("redis");

        Assert.Throws<ArgumentException>("key", () => redis.AddStream("orders", key: "shop:orders"));
    }

    [Theory]
    [InlineData("project")]
    [InlineData("container")]
    [InlineData("resource")]
    public void Should_KeepAspiresProperties_When_TheStreamIsCalledLikeTheirPrefix(string name)
    {
        var builder = Builder("--ConnectionStrings:redis=127.0.0.1:1");
        var stream = builder.AddConnectionString("redis").AddStream(name).Resource;
        var aspires = new ResourcePropertySnapshot($"{name}.source", "shop");
        var streams = new ResourcePropertySnapshot(StreamProperties.PausedOf(stream), "since yesterday");

        var left = StreamProperties.Replace(stream, [aspires, streams], []);

        Assert.Equal(aspires, Assert.Single(left));
    }

    /// <summary>An AppHost with nothing in it; its orchestrator is that of this system's.</summary>
    private static IDistributedApplicationBuilder Builder(params string[] arguments) =>
        DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions
            {
                Args = [.. arguments.Where(argument => argument.Length > 0)],
                AssemblyName = "RedisFlow.AppHost",
                DisableDashboard = true,
            }
        );
}
