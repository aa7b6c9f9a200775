using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Publishing;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class PublishBatchTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_in_the_stream_in_its_order_and_its_positions_ascend()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var count = (2 * BatchPublisher.ChunkCount) + 7;

        var positions = await host.Publisher.PublishAsync([.. Batch(1, count)], Cancellation);
        await host.DrainedAsync();

        Assert.Equal(positions.Order().Distinct(), positions);
        Assert.Equal(
            Enumerable.Range(1, count).Select(id => (long)id).Zip(positions),
            host.Handled.All.OrderBy(d => d.Position).Select(d => (((CompanyUpdated)d.Payload).CompanyId, d.Position))
        );
    }

    [Fact]
    public async Task An_empty_batch_is_nothing()
    {
        using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        Assert.Empty(await host.Publisher.PublishAsync([], Cancellation));
    }

    [Fact]
    public async Task A_batch_takes_one_round_trip_per_chunk_bounded_in_messages_and_in_bytes()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var host = TestHost.Build(server, TestHost.NewStream());
        await host.Publisher.PublishAsync([.. Batch(1, 1)], Cancellation);
        var before = await ScriptCallsAsync(host);

        await host.Publisher.PublishAsync([.. Batch(1, 3 * BatchPublisher.ChunkCount)], Cancellation);
        Assert.Equal(3, await ScriptCallsAsync(host) - before);

        var large = new Publication(
            new CompanyUpdated { CompanyId = 1, Name = new string('x', BatchPublisher.ChunkBytes / 2) },
            "company/1",
            "large"
        );
        await host.Publisher.PublishAsync([large, large, large, large], Cancellation);
        Assert.Equal(3 + 4, await ScriptCallsAsync(host) - before);
    }

    [Fact]
    public async Task Batches_at_the_same_time_each_keep_their_order()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        const int Size = 600;

        var all = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(batch =>
                    Task.Run(() => host.Publisher.PublishAsync([.. Batch(batch * Size, Size)], Cancellation))
                )
        );
        await host.DrainedAsync();

        Assert.Equal(8 * Size, all.SelectMany(positions => positions).Distinct().Count());
        Assert.All(all, positions => Assert.Equal(positions.Order(), positions));
        var byPosition = host.Handled.All.ToDictionary(d => d.Position, d => ((CompanyUpdated)d.Payload).CompanyId);
        for (var batch = 0; batch < 8; batch++)
        {
            Assert.Equal(
                Enumerable.Range(batch * Size, Size).Select(id => (long)id),
                all[batch].Select(position => byPosition[position])
            );
        }
    }

    [Fact]
    public async Task An_id_twice_in_a_batch_or_from_before_adds_nothing_and_has_its_first_position()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var before = await host.Publisher.PublishAsync(TestHost.Renamed(1) with { MessageId = "before" }, Cancellation);

        var positions = await host.Publisher.PublishAsync(
            [
                TestHost.Renamed(2) with
                {
                    MessageId = "new",
                },
                TestHost.Renamed(3),
                TestHost.Renamed(4) with
                {
                    MessageId = "before",
                },
                TestHost.Renamed(5) with
                {
                    MessageId = "new",
                },
                TestHost.Renamed(6),
            ],
            Cancellation
        );
        await host.DrainedAsync();

        Assert.Equal(
            [before, positions[0], positions[1], positions[4]],
            host.Handled.All.Select(d => d.Position).Order()
        );
        Assert.Equal((before, positions[0]), (positions[2], positions[3]));
        Assert.Equal([1L, 2L, 3L, 6L], host.Handled.Companies.Order());
        Assert.Equal(
            positions[0],
            await host.Publisher.PublishAsync(TestHost.Renamed(7) with { MessageId = "new" }, Cancellation)
        );
    }

    [Fact]
    public async Task A_batch_whose_replies_are_lost_says_what_is_certain_and_its_repetition_adds_only_the_rest()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.OneServer, stream, services: Through(proxy));
        var count = (3 * BatchPublisher.ChunkCount) + 1;
        var batch = Batch(1, count)
            .Select(publication => publication with { MessageId = publication.Subject })
            .ToArray();
        await host.Publisher.PublishAsync([TestHost.Renamed(0) with { MessageId = "before" }], Cancellation);

        proxy.LoseReplies();
        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            host.Publisher.PublishAsync(batch, Cancellation)
        );
        proxy.Reset();

        // Nothing is confirmed, although the first chunk is there (or not, if the call before it lost its reply); what
        // comes after it was not sent.
        Assert.Equal((0, BatchPublisher.ChunkCount), (failed.Confirmed.Count, failed.UncertainCount));
        Assert.Contains(await LengthAsync(stream, host.Database) - 1, new long[] { 0, BatchPublisher.ChunkCount });

        var positions = await RepeatedAsync(() => host.Publisher.PublishAsync(batch, Cancellation));
        Assert.Equal(count, await LengthAsync(stream, host.Database) - 1);
        Assert.Equal(positions.Order().Distinct(), positions);
    }

    [Fact]
    public async Task A_batch_of_which_a_part_is_confirmed_says_so_when_it_is_cancelled_or_fails()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        var stream = TestHost.NewStream();
        await using var host = TestHost.Build(server, stream);
        await host.Publisher.PublishAsync([.. Batch(1, 1)], Cancellation);

        // Capacity for the first chunks only.
        var used = long.Parse(
            ((string)(await host.Database.ExecuteAsync("INFO", "memory"))!)
                .Split('\n')
                .Single(line => line.StartsWith("used_memory:", StringComparison.Ordinal))[12..],
            System.Globalization.CultureInfo.InvariantCulture
        );
        await host.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", used + (20 * 1024 * 1024));
        var large = Enumerable
            .Range(1, 60)
            .Select(id => new Publication(
                new CompanyUpdated { CompanyId = id, Name = new string('x', (BatchPublisher.ChunkBytes / 2) + 1) },
                $"company/{id}",
                "large"
            ))
            .ToArray();

        var failed = await Assert.ThrowsAsync<StreamPublishException>(() =>
            host.Publisher.PublishAsync(large, Cancellation)
        );

        Assert.NotEmpty(failed.Confirmed);
        Assert.Equal(1, failed.UncertainCount);
        Assert.True(RedisFaults.IsInfrastructure(failed), failed.ToString());
        Assert.Contains($"the first {failed.Confirmed.Count};", failed.Message, StringComparison.Ordinal);
        Assert.Equal(
            1 + failed.Confirmed.Count,
            (long)await host.Database.ExecuteAsync("XLEN", $"{{{stream}}}:stream")
        );
    }

    [Fact]
    public async Task Each_message_of_a_batch_has_its_span_which_the_send_links_to_and_counts_once()
    {
        var stream = TestHost.NewStream();
        using var spans = new SpanRecorder(stream);
        var counted = 0L;
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "messaging.client.sent.messages")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (
                    tags.ToArray()
                        .Any(tag => tag is { Key: "messaging.destination.name" } && (string?)tag.Value == stream)
                )
                {
                    Interlocked.Add(ref counted, value);
                }
            }
        );
        meters.Start();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);

        await host.Publisher.PublishAsync([.. Batch(1, 3)], Cancellation);
        await host.DrainedAsync();
        await Eventually.Until(() => spans.Of("process").Length == 3, cancellationToken: Cancellation);

        var creations = spans.Of("create");
        var send = Assert.Single(spans.Of("send"));
        Assert.Equal(3, creations.Length);
        Assert.All(creations, creation => Assert.Equal(ActivityKind.Producer, creation.Kind));
        Assert.Equal((ActivityKind.Client, 3), (send.Kind, (int)send.GetTagItem("messaging.batch.message_count")!));
        Assert.Equal(creations.Select(creation => creation.SpanId), send.Links.Select(link => link.Context.SpanId));
        Assert.Equal(
            creations.Select(creation => creation.SpanId.ToString()).Order(),
            spans.Of("process").Select(process => process.ParentSpanId.ToString()).Order()
        );
        Assert.Equal(3, Interlocked.Read(ref counted));
    }

    internal static Action<IServiceCollection> Through(RedisProxy proxy) =>
        services =>
            services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(proxy.ConnectionString));

    /// <summary>Repeats a call until the connection is back.</summary>
    internal static Task<T> RepeatedAsync<T>(Func<Task<T>> call) =>
        Eventually.Until(call, _ => true, TimeSpan.FromSeconds(60), Cancellation);

    private static IEnumerable<Publication> Batch(int first, int count) =>
        Enumerable.Range(first, count).Select(id => TestHost.Renamed(id));

    private static async Task<long> ScriptCallsAsync(TestHost host)
    {
        var text = (string)(await host.Database.ExecuteAsync("INFO", "commandstats"))!;
        var line = text.Split('\n').Single(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal));
        return long.Parse(line.Split("calls=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<long> LengthAsync(string stream, IDatabase? database = null) =>
        (long)await (database ?? redis.Database).ExecuteAsync("XLEN", $"{{{stream}}}:stream");

    private sealed class SpanRecorder : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _spans = new();
        private readonly ActivityListener _listener;

        public SpanRecorder(string stream)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == StreamTelemetry.Name,
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
