using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class RetryAndPoisonTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    public static TheoryData<string> PoisonKinds =>
        [
            DeadLetterReason.NoData,
            DeadLetterReason.Undecodable,
            DeadLetterReason.UnknownType,
            DeadLetterReason.NewerSchema,
        ];

    [Theory]
    [MemberData(nameof(PoisonKinds))]
    public async Task A_poison_entry_goes_to_the_dead_letters_at_once_and_the_worker_goes_on(string reason)
    {
        var stream = TestHost.NewStream();

        // Without parking, what a build does not know is a poison entry, too.
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            settings: new() { ["Streams:ParkedRetention"] = "00:00:00" }
        );
        var keys = new StreamKeys(stream);
        var (field, data) = Poison(reason);
        var id = (string?)await redis.Database.ExecuteAsync("XADD", (RedisKey)keys.Stream, "*", field, data);

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([1L], host.Handled.Companies);
        var dead = Assert.Single(await DeadLettersAsync(keys));
        Assert.Equal(reason, Text(dead["reason"]));
        Assert.Equal("g", Text(dead["group"]));
        Assert.Equal(id, Text(dead["position"]));
        Assert.Equal("1", Text(dead["attempts"]));
        Assert.NotEmpty(dead["error"]);
        Assert.Equal(field == "data" ? data : [], dead["data"]);
    }

    [Fact]
    public async Task A_failing_handler_is_tried_again_and_the_message_dead_lettered_after_the_last_delivery()
    {
        var stream = TestHost.NewStream();
        var deliveries = new ConcurrentQueue<long>();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (delivery, _) =>
            {
                if (delivery.Message.Subject != "company/1")
                {
                    return Task.CompletedTask;
                }

                deliveries.Enqueue(delivery.DeliveryCount);
                throw new InvalidOperationException("no way");
            },
            settings: new() { ["Streams:MaxDeliveries"] = "3" }
        );

        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([1L, 2L, 3L], deliveries);
        Assert.Equal([2L], host.Handled.Companies);
        var dead = Assert.Single(await DeadLettersAsync(new StreamKeys(stream)));
        Assert.Equal(DeadLetterReason.HandlerFailed, Text(dead["reason"]));
        Assert.Equal("3", Text(dead["attempts"]));
        Assert.Equal(position.ToString(), Text(dead["position"]));
        Assert.Equal("InvalidOperationException: no way", Text(dead["error"]));
        Assert.Equal("company/1", StreamMessage.Parser.ParseFrom(dead["data"]).Subject);
    }

    [Fact]
    public async Task A_message_that_succeeds_in_the_end_is_acknowledged_and_keeps_its_place_before_later_ones()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (delivery, _) =>
                ((CompanyUpdated)delivery.Payload).Name == "first" && delivery.DeliveryCount < 3
                    ? throw new InvalidOperationException("not yet")
                    : Task.CompletedTask
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1, "first"), TestContext.Current.CancellationToken);
        await host.Publisher.PublishAsync(TestHost.Renamed(1, "second"), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal(["first", "second"], host.Handled.All.Select(d => ((CompanyUpdated)d.Payload).Name));
        Assert.Equal([3L, 1L], host.Handled.All.Select(d => d.DeliveryCount));
        Assert.Empty(await DeadLettersAsync(new StreamKeys(stream)));
    }

    [Fact]
    public async Task A_fault_of_Redis_within_a_handler_costs_no_attempt()
    {
        var stream = TestHost.NewStream();
        var calls = 0;
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) =>
                Interlocked.Increment(ref calls) <= 5
                    ? throw new StreamPublishException("not confirmed", new TimeoutException())
                    : Task.CompletedTask,
            settings: new() { ["Streams:MaxDeliveries"] = "1" }
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal(6, calls);
        Assert.Equal(1, Assert.Single(host.Handled.All).DeliveryCount);
    }

    public static TheoryData<Exception> Faults =>
        [
            new TimeoutException(),
            new TaskCanceledException("HttpClient's own timeout", new TimeoutException()),
            new HttpRequestException("refused"),
            new HttpRequestException("busy", null, HttpStatusCode.TooManyRequests),
            new HttpRequestException("down", null, HttpStatusCode.ServiceUnavailable),
        ];

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task A_dependency_that_is_down_or_too_slow_costs_no_attempt(Exception fault)
    {
        var stream = TestHost.NewStream();
        var calls = 0;
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) => Interlocked.Increment(ref calls) <= 3 ? throw fault : Task.CompletedTask,
            settings: new() { ["Streams:MaxDeliveries"] = "1" }
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal(4, calls);
        Assert.Empty(await DeadLettersAsync(new StreamKeys(stream)));
    }

    [Fact]
    public async Task The_application_can_name_further_faults_that_cost_no_attempt()
    {
        var stream = TestHost.NewStream();
        var calls = 0;
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                settings: new() { ["Streams:MaxDeliveries"] = "1" },
                services: services =>
                    services.Configure<StreamOptions>(options =>
                        options.IsInfrastructureFault = exception => exception is NotSupportedException
                    )
            ),
            behave: (_, _) =>
                Interlocked.Increment(ref calls) <= 3 ? throw new NotSupportedException() : Task.CompletedTask
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal(4, calls);
        Assert.Empty(await DeadLettersAsync(new StreamKeys(stream)));
    }

    [Fact]
    public async Task A_dead_letter_handler_hears_of_a_poison_entry_and_of_a_failed_message_before_they_are_moved()
    {
        var stream = TestHost.NewStream();
        var keys = new StreamKeys(stream);
        var heard = new ConcurrentQueue<(StreamDeadLetter DeadLetter, int AlreadyMoved)>();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                    streams
                        .AddStreamConsumer("g")
                        .HandleEveryMessage<RecordingHandler>()
                        .HandleEveryMessage<DeadLetterRecorder>(),
                settings: new() { ["Streams:MaxDeliveries"] = "1" },
                services: services =>
                    services.AddSingleton(
                        new DeadLetterRecorder(async deadLetter =>
                            heard.Enqueue((deadLetter, (await DeadLettersAsync(keys)).Count))
                        )
                    )
            ),
            behave: (_, _) => throw new InvalidOperationException("no way")
        );

        var poison = MessagePosition.Parse(
            (string)(await redis.Database.ExecuteAsync("XADD", (RedisKey)keys.Stream, "*", "field", "x"))!
        );
        await host.DrainedAsync();
        var failed = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([(poison, 0), (failed, 1)], heard.Select(call => (call.DeadLetter.Position, call.AlreadyMoved)));
        Assert.Equal(
            [DeadLetterReason.NoData, DeadLetterReason.HandlerFailed],
            heard.Select(call => call.DeadLetter.Reason)
        );
        Assert.Equal([null, "company/1"], heard.Select(call => call.DeadLetter.Delivery?.Message.Subject));
    }

    [Fact]
    public async Task A_dead_letter_handler_is_called_again_after_a_fault_and_does_not_keep_a_message_by_failing()
    {
        var stream = TestHost.NewStream();
        var calls = 0;
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<DeadLetterRecorder>(),
                services: services =>
                    services.AddSingleton(
                        new DeadLetterRecorder(_ =>
                            Interlocked.Increment(ref calls) < 3
                                ? throw new TimeoutException()
                                : throw new InvalidOperationException("no way")
                        )
                    )
            )
        );

        var keys = new StreamKeys(stream);
        await redis.Database.ExecuteAsync("XADD", (RedisKey)keys.Stream, "*", "field", "x");
        await host.DrainedAsync();

        Assert.Equal(3, calls);
        Assert.Single(await DeadLettersAsync(keys));
    }

    private static (string Field, byte[] Data) Poison(string reason)
    {
        var message = new StreamMessage
        {
            Payload = Any.Pack(new CompanyUpdated()),
            SchemaVersion = MessageSchema.CurrentVersion,
        };
        switch (reason)
        {
            case DeadLetterReason.NoData:
                return ("other", "x"u8.ToArray());
            case DeadLetterReason.Undecodable:
                return ("data", [0xff, 0x01, 0x02, 0x80, 0x80]);
            case DeadLetterReason.UnknownType:
                message.Payload.TypeUrl = "type.googleapis.com/redisflow.v1.Unheard";
                break;
            case DeadLetterReason.NewerSchema:
                message.SchemaVersion = MessageSchema.CurrentVersion + 1;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(reason));
        }

        return ("data", message.ToByteArray());
    }

    private async Task<IReadOnlyList<Dictionary<string, byte[]>>> DeadLettersAsync(StreamKeys keys)
    {
        var entries = (RedisResult[]?)await redis.Database.ExecuteAsync("XRANGE", (RedisKey)keys.Dead, "-", "+") ?? [];
        return
        [
            .. entries.Select(entry =>
                ((RedisResult[]?)((RedisResult[]?)entry)![1])!
                    .Chunk(2)
                    .ToDictionary(pair => ((string?)pair[0])!, pair => ((byte[]?)pair[1])!)
            ),
        ];
    }

    private static string Text(byte[] value) => Encoding.UTF8.GetString(value);
}
