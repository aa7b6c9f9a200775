using System.Collections.Concurrent;
using System.Diagnostics;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class TelemetryTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task One_trace_leads_from_the_caller_over_the_send_to_the_processing_in_every_group()
    {
        var stream = TestHost.NewStream();
        using var spans = new Spans(stream);
        await using var one = await TestHost.StartConsumerAsync(redis.Server, stream, "one", group: "x");
        await using var two = await TestHost.StartConsumerAsync(redis.Server, stream, "two", group: "y");
        using var source = new ActivitySource("RedisFlow.Streams.Tests");
        ActivityTraceId trace;
        MessagePosition position;
        using (var caller = source.StartActivity("PUT /api/companies/{id}"))
        {
            trace = caller!.TraceId;
            position = await one.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        }

        await one.DrainedAsync("x");
        await one.DrainedAsync("y");
        await Eventually.Until(
            () => spans.Of("process").Length == 2 && spans.Of("ack").Length == 2 && spans.Of("receive").Length == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );

        var send = Assert.Single(spans.Of("send"));
        Assert.Equal((ActivityKind.Producer, trace, $"send {stream}"), (send.Kind, send.TraceId, send.DisplayName));
        foreach (var process in spans.Of("process"))
        {
            Assert.Equal(
                (ActivityKind.Consumer, trace, send.SpanId),
                (process.Kind, process.TraceId, process.ParentSpanId)
            );
            Assert.Equal(send.SpanId, Assert.Single(process.Links).Context.SpanId);
            Assert.Equal("redis", process.GetTagItem("messaging.system"));
            Assert.Equal(stream, process.GetTagItem("messaging.destination.name"));
            Assert.Equal("process", process.GetTagItem("messaging.operation.type"));
            Assert.Equal("process", process.GetTagItem("messaging.operation"));
            Assert.Equal(send.GetTagItem("messaging.message.id"), process.GetTagItem("messaging.message.id"));
            Assert.Equal(position.ToString(), process.GetTagItem("redisflow.stream.position"));
        }

        Assert.Equal(
            ["x", "y"],
            spans.Of("process").Select(p => (string?)p.GetTagItem("messaging.consumer.group.name")).Order()
        );
        var receive = spans.Of("receive")[0];
        Assert.Equal(
            (ActivityKind.Client, 1),
            (receive.Kind, (int)receive.GetTagItem("messaging.batch.message_count")!)
        );
        Assert.Equal(send.SpanId, Assert.Single(receive.Links).Context.SpanId);
        Assert.Equal(ActivityKind.Client, spans.Of("ack")[0].Kind);
        Assert.Equal("settle", spans.Of("ack")[0].GetTagItem("messaging.operation.type"));
    }

    [Fact]
    public async Task A_message_of_a_transaction_carries_the_trace_too()
    {
        var stream = TestHost.NewStream();
        using var spans = new Spans(stream);
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        using var source = new ActivitySource("RedisFlow.Streams.Tests");
        var transaction = redis.Database.CreateTransaction();
        Activity? caller;
        using (caller = source.StartActivity("caller"))
        {
            var enlisted = host.Publisher.EnlistAsync(transaction, TestHost.Renamed(1));
            Assert.Same(caller, Activity.Current);
            await transaction.ExecuteAsync();
            await enlisted.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        }

        await host.DrainedAsync();
        await Eventually.Until(
            () => spans.Of("process").Length == 1,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(caller!.TraceId, spans.Of("process")[0].TraceId);
        Assert.Equal(caller.SpanId, spans.Of("send")[0].ParentSpanId);
    }

    [Fact]
    public async Task A_failed_delivery_is_a_failed_span()
    {
        var stream = TestHost.NewStream();
        using var spans = new Spans(stream);
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) => throw new InvalidOperationException("no way"),
            settings: new() { ["Streams:MaxDeliveries"] = "1" }
        );
        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();
        await Eventually.Until(
            () => spans.Of("process").Length == 1 && spans.Of("dead-letter").Length == 1,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(ActivityStatusCode.Error, spans.Of("process")[0].Status);
        Assert.Equal("System.InvalidOperationException", spans.Of("process")[0].GetTagItem("error.type"));
        Assert.Equal(spans.Of("process")[0].TraceId, spans.Of("dead-letter")[0].TraceId);
    }

    /// <summary>Collects the finished spans of one stream.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _spans = new();
        private readonly ActivityListener _listener;

        public Spans(string stream)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name.StartsWith(StreamTelemetry.Name, StringComparison.Ordinal),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    if (activity.GetTagItem("messaging.destination.name") as string == stream)
                    {
                        _spans.Enqueue(activity);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity[] Of(string operation) =>
            [.. _spans.Where(span => span.GetTagItem("messaging.operation.name") as string == operation)];

        public void Dispose() => _listener.Dispose();
    }
}
