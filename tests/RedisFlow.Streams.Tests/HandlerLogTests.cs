using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>What handlers log leads to the message and to its trace.</summary>
public sealed class HandlerLogTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_line_of_a_handler_carries_the_messages_stream_group_position_and_id_and_its_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "RedisFlow.Streams",
            Sample = (ref _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("caller").Start();
        using var log = new FakeLoggerProvider();
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                "a",
                streams => streams.AddStreamConsumer("g").HandleEveryMessage<Talkative>(),
                services: services =>
                    services.AddLogging(logging =>
                        logging
                            .Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId)
                            .AddProvider(log)
                    )
            )
        );

        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);

        var line = await Eventually.Until(
            () => Task.FromResult(log.Collector.GetSnapshot().SingleOrDefault(line => line.Message == "handled")),
            line => line is not null,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var scope = line!
            .Scopes.OfType<IEnumerable<KeyValuePair<string, object?>>>()
            .SelectMany(values => values)
            .ToDictionary();
        Assert.Equal((stream, "g", position), (scope["Stream"], scope["Group"], scope["Position"]));
        Assert.True(Guid.TryParse((string?)scope["MessageId"], out _), $"{scope["MessageId"]}");
        Assert.Equal($"{caller.TraceId}", scope["TraceId"]);
    }

    private sealed class Talkative(ILogger<Talkative> logger) : IStreamMessageHandler
    {
        public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
        {
#pragma warning disable CA1848 // The simplest that a handler would write.
            logger.LogInformation("handled");
#pragma warning restore CA1848
            return Task.CompletedTask;
        }
    }
}
