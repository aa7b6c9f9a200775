using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Servers;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class ServerFeaturesTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("6.2.14", false, false, false)]
    [InlineData("7.0.15", false, false, false)]
    [InlineData("8.2.6", false, false, false)]
    [InlineData("8.2.7", true, false, false)]
    [InlineData("8.4.3", false, false, false)]
    [InlineData("8.4.4", true, true, false)]
    [InlineData("8.6.0", true, true, false)]
    [InlineData("8.6.1", true, true, false)]
    [InlineData("8.6.2", true, true, true)]
    [InlineData("8.8.0", true, true, true)]
    [InlineData("9.0.0", true, true, true)]
    public void A_feature_counts_from_the_version_on_that_has_it_right(
        string version,
        bool ackDel,
        bool claim,
        bool idempotentAdd
    )
    {
        var features = ServerFeatures.Of(Version.Parse(version), hasAckDelCommands: true);

        Assert.Equal(
            (ackDel, claim, idempotentAdd),
            (features.HasAckDel, features.HasClaim, features.HasIdempotentAdd)
        );
    }

    [Fact]
    public void A_command_that_the_server_has_disabled_does_not_count() =>
        Assert.False(ServerFeatures.Of(new Version(8, 6, 3), hasAckDelCommands: false).HasAckDel);

    [Theory]
    [InlineData("0.0.0", false)]
    [InlineData("7.0.0", true)]
    [InlineData("8.6.3", true)]
    public void The_engine_runs_on_7_0_and_later(string version, bool isSupported) =>
        Assert.Equal(isSupported, ServerFeatures.Of(Version.Parse(version), hasAckDelCommands: false).IsSupported);

    [Theory]
    [InlineData("# Server\r\nredis_version:8.6.2\r\nredis_git_sha1:0\r\n", "Redis 8.6.2")]
    [InlineData(
        "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\nos:Linux\r\n",
        "Valkey 9.1.2"
    )]
    [InlineData("# Server\r\ngarnet_version:2.2.8\r\nserver_name:garnet\r\nredis_version:7.4.3\r\n", "Garnet 2.2.8")]
    [InlineData("redis_version:7.2.4\r\nserver_name:other\r\n", "Other")]
    [InlineData("", "Redis")]
    public void A_server_is_called_what_it_calls_itself(string info, string expected) =>
        Assert.Equal(expected, ServerProduct.Of(info).ToString());

    [Fact]
    public void The_engine_does_not_run_on_a_server_without_streams() =>
        Assert.False(
            (ServerFeatures.Of(new Version(7, 4, 3), hasAckDelCommands: false) with { HasStreams = false }).IsSupported
        );

    [Fact]
    public async Task The_application_says_so_at_its_start_when_the_server_has_no_streams()
    {
        await using var server = await RedisServer.StartAsync(["--rename-command", "XREADGROUP", ""], Cancellation);
        var log = new FakeLoggerProvider();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                server,
                TestHost.NewStream(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );

        await Eventually.Until(
            () => log.Collector.Contains(LogLevel.Error, "has no streams"),
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task The_probe_tells_the_version_of_the_server_of_this_run()
    {
        var features = await ProbeAsync();

        using var admin = await redis.Server.ConnectAsync(admin: true);
        var info = (string?)await admin.GetDatabase().ExecuteAsync("INFO", "server");
        Assert.Equal(Version.Parse(FieldOf(info, "redis_version")), features.Version);
        var expected =
            RedisTiers.Current == RedisTier.Valkey
                ? new ServerProduct("Valkey", FieldOf(info, "valkey_version"))
                : new ServerProduct(ServerProduct.Redis, features.Version.ToString());
        Assert.Equal(expected, features.Product);
        Assert.True(features.IsSupported);
        Assert.True(
            RedisTiers.Current != RedisTier.Latest || features.Version >= new Version(8, 6),
            $"This run is not on 8.6 but on {features}."
        );
    }

    [Fact]
    public async Task What_the_probe_promises_works_and_what_the_server_lacks_is_not_promised()
    {
        var features = await ProbeAsync();
        var stream = $"{{{TestHost.NewStream()}}}";
        await redis.Database.ExecuteAsync("XGROUP", "CREATE", stream, "g", "0", "MKSTREAM");

        // A server may have a command and yet be too faulty for it; the other way round it must not be.
        Assert.True(await WorksAsync("XACKDEL", stream, "g", "IDS", 1, "1-1") || !features.HasAckDel);
        Assert.True(await WorksAsync("XDELEX", stream, "IDS", 1, "1-1") || !features.HasAckDel);
        Assert.True(
            await WorksAsync("XREADGROUP", "GROUP", "g", "c", "CLAIM", 1, "STREAMS", stream, ">") || !features.HasClaim
        );
        Assert.True(
            await WorksAsync("XADD", stream, "IDMP", "publisher", "1", "*", "data", "") || !features.HasIdempotentAdd
        );
        Assert.True(
            RedisTiers.Current != RedisTier.Latest
                || features is { HasAckDel: true, HasClaim: true, HasIdempotentAdd: true },
            $"This run is to cover every feature, but the server is {features}."
        );
    }

    [Fact]
    public async Task Commands_that_the_server_does_not_know_are_not_counted()
    {
        var reply = RedisReply.Items(
            await StreamScripts.Features.RunAsync(redis.Database, [], "XADD", "NOSUCHCOMMAND", "XACK")
        );

        Assert.Equal(2, RedisReply.Integer(reply[1]));
    }

    [Fact]
    public async Task The_application_logs_what_the_server_is()
    {
        var log = new FakeLoggerProvider();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                TestHost.NewStream(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );

        var expected = $"The streams are on {await ProbeAsync()}.";
        await Eventually.Until(
            () => log.Collector.Contains(LogLevel.Information, expected),
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task A_server_that_refuses_to_tell_is_consumed_all_the_same()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using (var admin = await server.ConnectAsync(admin: true))
        {
            await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "-command");
        }

        var log = new FakeLoggerProvider();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                server,
                TestHost.NewStream(),
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );
        await host.PublishAsync(1, 3);
        await host.DrainedAsync();

        await Eventually.Until(
            () => log.Collector.Contains(LogLevel.Warning, "Redis refuses to tell"),
            cancellationToken: Cancellation
        );
    }

    private static string FieldOf(string? info, string name) => Regex.Match(info!, $@"{name}:(\S+)").Groups[1].Value;

    private async Task<ServerFeatures> ProbeAsync()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        return await host.Services.GetRequiredService<FeatureProbe>().ProbeAsync(Cancellation);
    }

    private async Task<bool> WorksAsync(string command, params object[] arguments)
    {
        try
        {
            await redis.Database.ExecuteAsync(command, arguments);
            return true;
        }
        catch (RedisServerException)
        {
            return false;
        }
    }
}
