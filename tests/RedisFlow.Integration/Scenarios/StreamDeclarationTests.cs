using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using RedisFlow.Aspire.Hosting;
using RedisFlow.Domain;
using RedisFlow.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>A stream's resource with other names, keys and groups than those of this system, and without any group.</summary>
[Collection(OwnAppHost.Name)]
public sealed class StreamDeclarationTests
{
    [Fact]
    public async Task Should_RefuseTheStartAndSayHow_When_TheStreamHasNoGroup()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--ConnectionStrings:redis=127.0.0.1:1");
        builder.AddConnectionString("redis").AddStream("orders");
        await using var application = await builder.BuildAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => application.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("'orders' has no consumer group", refused.Message, StringComparison.Ordinal);
        Assert.Contains("WithStreamConsumer", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--Streams:Groups:0=reporting", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pause-consumer")]
    [InlineData("resume-consumer")]
    [InlineData("claim-stale")]
    [InlineData("replay")]
    public async Task Should_SayThatThereIsNoSuchGroup_When_ACommandNeedsIt(string command)
    {
        await using var storage = new RedisStorage();
        await using var redis = await RedisAlone.StartAsync(storage);

        var result = await redis.CommandAsync(GroupNames.Billing, command);

        // What is not paused can be resumed, be it there or not.
        Assert.Equal(command == "resume-consumer", result.Success);
        Assert.Contains(
            result.Success ? "was not paused" : $"has no group '{GroupNames.Billing}'",
            result.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "", "shown", "")]
    [InlineData("orders", "", "orders", "")]
    [InlineData("orders", "", "other", "--Streams:Name=other")]
    [InlineData(null, "orders", "orders", "")]
    [InlineData("other", "orders", "other", "")]
    [InlineData(null, "orders", "third", "--Streams:Additional:orders:Name=third")]
    public async Task Should_ReadTheStreamThatTheServicesMean(string? streamName, string key, string read, string setting)
    {
        await using var server = await RedisServer.StartAsync();
        await using var builder = DistributedApplicationTestingBuilder.Create(
            [$"--ConnectionStrings:store={server.ConnectionString}", .. setting.Length > 0 ? [setting] : Array.Empty<string>()]);
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
    public async Task Should_RefuseASecondStream_When_AServiceIsAConsumerAlready()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--ConnectionStrings:redis=127.0.0.1:1");
        var redis = builder.AddConnectionString("redis");
        var service = builder.AddExecutable("shop", "shop", ".").WithStreamConsumer(redis.AddStream("orders"));

        var refused = Assert.Throws<InvalidOperationException>(
            () => service.WithStreamConsumer(redis.AddStream("returns", key: "returns")));

        Assert.Contains("'shop' is a stream's consumer already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_RefuseAKey_When_ItCannotBePartOfASettingsName()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--ConnectionStrings:redis=127.0.0.1:1");
        var redis = builder.AddConnectionString("redis");

        Assert.Throws<ArgumentException>("key", () => redis.AddStream("orders", key: "shop:orders"));
    }
}
