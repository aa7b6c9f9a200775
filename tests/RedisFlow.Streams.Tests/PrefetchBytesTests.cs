using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Redis;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>What a worker holds is bounded in bytes too.</summary>
/// <remarks>https://github.com/redis/redis/issues/11427, https://github.com/cloudamqp/lavinmq/issues/2226.</remarks>
[Trait("Suite", "Reported faults")]
public sealed class PrefetchBytesTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const int Bound = 4 * 1024 * 1024;
    private const int Large = 1024 * 1024 - 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_with_slow_handlers_holds_no_more_bytes_than_it_may(bool afterSmallOnes)
    {
        var stream = TestHost.NewStream();
        using var counted = new Counted(stream);
        using var slow = new SemaphoreSlim(0);
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await using var host = TestHost.Build(
            redis.Server,
            stream,
            streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
            settings: new() { ["Streams:PrefetchBytes"] = $"{Bound}", ["Streams:MaxConcurrency"] = "2" }
        );
        var small = afterSmallOnes ? 8 : 0;
        await publisher.PublishAsync(1, small);
        for (var id = 1; id <= 30; id++)
        {
            await publisher.Publisher.PublishAsync(TestHost.Renamed(100 + id, new string('x', Large)), Stop);
        }

        await TestHost.StartAsync(
            host,
            (delivery, cancellation) =>
                ((CompanyUpdated)delivery.Payload).CompanyId > 100 ? slow.WaitAsync(cancellation) : Task.CompletedTask
        );

        var most = 0L;
        for (var released = 0; released < 30; released++)
        {
            // Until it reads no more: then it holds the most.
            var held = await Eventually.Until(
                () => Task.FromResult(counted.Measured("redisflow.stream.held_bytes")),
                bytes => bytes >= Math.Min(3, 30 - released) * Large,
                cancellationToken: Stop
            );
            most = Math.Max(most, held);
            slow.Release();
            await Eventually.Until(() => host.Handled.All.Count == small + released + 1, cancellationToken: Stop);
            most = Math.Max(most, counted.Measured("redisflow.stream.held_bytes"));
        }

        Assert.InRange(most, 3 * Large, Bound);
        await host.DrainedAsync();
        await Eventually.Until(() => counted.Measured("redisflow.stream.held_bytes") == 0, cancellationToken: Stop);
    }

    [Fact]
    public async Task A_message_that_is_larger_than_the_bound_is_read_alone_and_handled()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        for (var id = 1; id <= 3; id++)
        {
            await publisher.Publisher.PublishAsync(TestHost.Renamed(id, new string('x', 500_000)), Stop);
        }

        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            settings: new() { ["Streams:PrefetchBytes"] = "65536" }
        );

        await host.DrainedAsync();
        Assert.Equal([1, 2, 3], host.Handled.Companies);
    }

    [Fact]
    public void A_read_asks_for_as_many_as_fit_and_learns_from_what_came()
    {
        var sizes = new SizeEstimate(1000);
        Assert.Equal(64, sizes.CountIn(64_000));

        sizes.Observe(10);
        Assert.Equal(126, sizes.CountIn(64_000));

        sizes.Observe(64_000);
        Assert.Equal(1, sizes.CountIn(64_000));
    }
}
