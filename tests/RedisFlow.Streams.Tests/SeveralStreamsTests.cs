using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Domain;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>One application with several streams.</summary>
public sealed class SeveralStreamsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_worker_consumes_several_streams_each_with_its_own_messages_groups_and_monitor()
    {
        var first = TestHost.NewStream();
        var second = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                first,
                streams: streams =>
                {
                    streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>();
                    streams.AddStream("orders").AddStreamConsumer("h").HandleEveryMessage<RecordingHandler>();
                },
                settings: new() { ["Streams:Additional:orders:Name"] = second }
            )
        );
        var orders = host.Services.GetRequiredKeyedService<IStreamPublisher>("orders");

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await orders.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await Eventually.Until(
            () => host.Handled.All.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(
            [("g", 1L), ("h", 2L)],
            host.Handled.All.Select(d => (d.Group, ((Domain.Messages.CompanyUpdated)d.Payload).CompanyId)).Order()
        );
        var snapshot = await host
            .Services.GetRequiredKeyedService<IStreamMonitor>("orders")
            .GetSnapshotAsync(TestContext.Current.CancellationToken);
        Assert.Equal((second, 1L, "h"), (snapshot.Stream, snapshot.Length, Assert.Single(snapshot.Groups).Name));
    }

    [Fact]
    public async Task Each_stream_has_its_own_tail_and_observers()
    {
        var observer = new PositionObserver();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                TestHost.NewStream(),
                streams: streams => streams.AddStreamTail().AddStream("orders").AddStreamTail(),
                settings: new()
                {
                    ["Streams:Additional:orders:Name"] = TestHost.NewStream(),
                    ["Streams:Additional:orders:Groups:0"] = "h",
                },
                services: services => services.AddKeyedSingleton<IStreamTailObserver>("orders", observer)
            )
        );
        var orders = host.Services.GetRequiredKeyedService<IStreamPublisher>("orders");

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        var position = await orders.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host
            .Services.GetRequiredKeyedService<IStreamTail>("orders")
            .WaitUntilAppliedAsync(position, TestContext.Current.CancellationToken);

        Assert.Equal([position], observer.Seen);
    }

    [Fact]
    public void An_additional_stream_has_the_settings_of_the_default_one_unless_its_own_section_says_otherwise()
    {
        using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            streams: streams => streams.AddStream("orders").AddStreamConsumer("h"),
            settings: new()
            {
                ["Streams:LeaseDuration"] = "00:00:07",
                ["Streams:MaxDeliveries"] = "3",
                ["Streams:Additional:orders:MaxDeliveries"] = "9",
            }
        );

        var options = host.Services.GetRequiredService<IOptionsMonitor<StreamOptions>>().Get("orders");

        Assert.Equal(
            ("orders", "a", TimeSpan.FromSeconds(7), 9, "h"),
            (
                options.Name,
                options.InstanceId,
                options.LeaseDuration,
                options.MaxDeliveries,
                Assert.Single(options.Groups)
            )
        );
    }

    [Fact]
    public async Task A_bad_setting_of_an_additional_stream_stops_the_start_with_its_full_name()
    {
        await using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            streams: streams => streams.AddStream("orders"),
            settings: new() { ["Streams:Additional:orders:MaxDeliveries"] = "0" }
        );

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(host));

        Assert.Contains(
            exception.Failures,
            failure => failure.StartsWith("Streams:Additional:orders:MaxDeliveries is 0", StringComparison.Ordinal)
        );
        Assert.Contains(
            exception.Failures,
            failure => failure.StartsWith("Streams:Additional:orders:Groups is empty", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_stream_key_that_cannot_be_part_of_a_settings_name_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            TestHost.Build(redis.Server, TestHost.NewStream(), streams: streams => streams.AddStream("orders:new"))
        );

        Assert.Contains("Streams:Additional:orders:Name", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_with_a_keyed_stream_needs_no_default_stream()
    {
        var stream = TestHost.NewStream();
        var builder = KeyedAlone(stream);
        using var host = builder.Build();
        var handled = host.Services.GetRequiredService<Recorder>();

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host
            .Services.GetRequiredKeyedService<IStreamPublisher>("orders")
            .PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await Eventually.Until(() => handled.All.Count == 1, cancellationToken: TestContext.Current.CancellationToken);
        var health = await host
            .Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken);
        var snapshot = await host
            .Services.GetRequiredKeyedService<IStreamMonitor>("orders")
            .GetSnapshotAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(stream, snapshot.Stream);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Null(host.Services.GetService<IStreamPublisher>());
    }

    [Fact]
    public void A_default_stream_can_be_added_after_a_keyed_one()
    {
        var (keyed, stream) = (TestHost.NewStream(), TestHost.NewStream());
        var builder = KeyedAlone(keyed);
        builder.AddRedisStreams("redis", stream, "g");
        using var host = builder.Build();

        Assert.Equal(stream, host.Services.GetRequiredService<IOptions<StreamOptions>>().Value.Name);
        Assert.NotNull(host.Services.GetService<IStreamPublisher>());
        Assert.Throws<InvalidOperationException>(() => builder.AddKeyedRedisStream("other", "letters"));
    }

    private HostApplicationBuilder KeyedAlone(string stream)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests", EnvironmentName = "Development" }
        );
        builder.Configuration["ConnectionStrings:redis"] = redis.Server.ConnectionString;
        builder.Configuration["Streams:Additional:orders:Name"] = stream;
        builder.Services.AddSingleton<Recorder>();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => redis.Server.Connect());
        builder
            .AddKeyedRedisStream("redis", "orders")
            .AddMessages(DomainMessages.Files)
            .AddStreamTail()
            .AddStreamLagCheck()
            .AddStreamConsumer("h")
            .HandleEveryMessage<RecordingHandler>();
        return builder;
    }

    private sealed class PositionObserver : IStreamTailObserver
    {
        private readonly List<MessagePosition> _seen = [];

        public IReadOnlyList<MessagePosition> Seen => _seen;

        public void OnStarted(MessagePosition position, TailStartReason reason) { }

        public void OnMessage(MessagePosition position, StreamMessage message, Google.Protobuf.IMessage payload) =>
            _seen.Add(position);

        public void OnUndecodable(MessagePosition position) => _seen.Add(position);

        public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) { }
    }
}
