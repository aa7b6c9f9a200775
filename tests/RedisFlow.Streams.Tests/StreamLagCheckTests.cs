using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>The health check against a real server.</summary>
public sealed class StreamLagCheckTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly Dictionary<string, string?> Impatient = new()
    {
        ["Streams:LagCheck:DegradedAfter"] = "00:00:00.1",
        ["Streams:LagCheck:UnhealthyAfter"] = "00:00:00.5",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_without_a_worker_turns_degraded_then_unhealthy_and_a_worker_mends_it()
    {
        var stream = TestHost.NewStream();
        await using var observer = await StartAsync(redis.Server, stream, Impatient);
        var health = observer.Services.GetRequiredService<HealthCheckService>();
        await Eventually.Until(
            async () => (await observer.Monitor.GetSnapshotAsync()).Groups.Any(group => group.Exists),
            cancellationToken: Stop
        );
        Assert.Equal(HealthStatus.Healthy, (await StateAsync(health)).Status);

        await observer.PublishAsync(1, 3);

        var seen = new List<HealthStatus>();
        var entry = await Eventually.Until(
            async () =>
            {
                var now = await StateAsync(health);
                if (seen.Count == 0 || seen[^1] != now.Status)
                {
                    seen.Add(now.Status);
                }

                return now;
            },
            now => now.Status == HealthStatus.Unhealthy,
            cancellationToken: Stop
        );
        Assert.Contains("'g'", entry.Description, StringComparison.Ordinal);
        Assert.Contains("3 messages", entry.Description, StringComparison.Ordinal);

        // Degraded lies between the others, if anybody looked at that time.
        Assert.Equal(seen.Order().Reverse(), seen);

        await using var worker = await TestHost.StartConsumerAsync(redis.Server, stream, "worker");
        await worker.DrainedAsync();
        Assert.Equal(HealthStatus.Healthy, (await StateAsync(health)).Status);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_is_unhealthy()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await using var observer = await StartAsync(server, TestHost.NewStream());
        var health = observer.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await StateAsync(health)).Status);

        await server.StopAsync();

        Assert.Equal(
            new { Status = HealthStatus.Unhealthy, Description = (string?)"The stream cannot be read." },
            await AnswerAsync(health)
        );
    }

    [Theory]
    [InlineData("Streams:LagCheck:DegradedAfter", "00:00:00", "00:00:30")]
    [InlineData("Streams:LagCheck:UnhealthyAfter", "2.00:00:00", "00:02:00")]
    [InlineData("Streams:LagCheck:UnhealthyAfter", "00:00:10", "at least DegradedAfter")]
    public async Task A_bad_threshold_stops_the_start_with_its_name_and_what_is_expected(
        string setting,
        string value,
        string expected
    )
    {
        await using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            streams: streams => streams.AddStreamLagCheck(),
            settings: new() { [setting] = value }
        );

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(host));

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_named_group_counts_and_an_additional_stream_has_thresholds_and_a_name_of_its_own()
    {
        Dictionary<string, string?> settings = new(Impatient)
        {
            ["Streams:Groups:1"] = "h",
            ["Streams:Additional:orders:Name"] = TestHost.NewStream(),
            ["Streams:Additional:orders:Groups:0"] = "o",
            ["Streams:Additional:orders:LagCheck:DegradedAfter"] = "00:10:00",
            ["Streams:Additional:orders:LagCheck:UnhealthyAfter"] = "00:20:00",
        };
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                TestHost.NewStream(),
                streams: streams =>
                {
                    streams.AddStreamLagCheck("h", "of-h");
                    streams.AddStreamConsumer("h").HandleEveryMessage<RecordingHandler>();
                    streams.AddStream("orders").AddStreamLagCheck();
                },
                settings: settings
            )
        );
        var health = host.Services.GetRequiredService<HealthCheckService>();
        await host.PublishAsync(1, 3);
        await host.Services.GetRequiredKeyedService<IStreamPublisher>("orders").PublishAsync(TestHost.Renamed(1), Stop);
        await host.DrainedAsync("h");

        // Group g and the orders have no worker; only time tells that they do not count here.
        var standing = new Health.GroupProgress(TimeProvider.System);
        await Eventually.Until(
            async () =>
                standing
                    .Observe(await host.Monitor.GetSnapshotAsync())
                    .Any(group => group.Name == "g" && group.For > TimeSpan.FromSeconds(1)),
            cancellationToken: Stop
        );

        var report = await health.CheckHealthAsync(Stop);
        Assert.Equal(["stream-lag", "stream-lag-orders"], report.Entries.Keys.Order());
        Assert.All(report.Entries.Values, entry => Assert.Equal(HealthStatus.Healthy, entry.Status));
        Assert.Equal(["of-h"], report.Entries["stream-lag"].Tags);
    }

    private static Task<TestHost> StartAsync(
        RedisDeployment server,
        string stream,
        Dictionary<string, string?>? settings = null
    ) =>
        TestHost.StartAsync(
            TestHost.Build(server, stream, "observer", streams => streams.AddStreamLagCheck(), settings)
        );

    private static async Task<HealthReportEntry> StateAsync(HealthCheckService health) =>
        (await health.CheckHealthAsync(Stop)).Entries["stream-lag"];

    private static async Task<object> AnswerAsync(HealthCheckService health)
    {
        var entry = await StateAsync(health);
        return new { entry.Status, entry.Description };
    }
}
