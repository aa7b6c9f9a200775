using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.PubSub.Tests;

/// <summary>The same fault in both modes: what a tail on the stream still gets, and one on Pub/Sub has lost.</summary>
public sealed class TailComparisonTests(RedisFixture redis)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_published_while_a_tail_is_cut_off_reaches_it_from_the_stream_and_never_over_PubSub(
        bool isOnPubSub
    )
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        using var log = new FakeLoggerProvider();
        var observer = new TailRecorder();
        await using var host = await PubSubHost.StartAsync(
            redis.OneServer,
            PubSubHost.NewStream(),
            streams => streams.AddStreamTail(),
            isOnPubSub,
            // The tail's own connection leads through the proxy, the publisher's does not.
            new() { ["ConnectionStrings:redis"] = proxy.ConnectionString },
            services =>
                services.AddSingleton<IStreamTailObserver>(observer).AddLogging(logging => logging.AddProvider(log))
        );
        var heard = (await host.PublishAsync(1, 10)).Max();
        await host.Tail.WaitUntilAppliedAsync(heard, Stop);
        await Eventually.Until(() => observer.Messages.Count == 10, cancellationToken: Stop);

        proxy.LoseReplies();
        var missed = await host.PublishAsync(11, 10);
        await Eventually.Until(() => proxy.Lost > 0, cancellationToken: Stop);
        Assert.Equal(heard, host.Tail.AppliedPosition);

        // In both modes it notices by itself, since nothing answers; in neither could it know at once.
        await Eventually.Until(
            () =>
                log
                    .Collector.GetSnapshot()
                    .Any(line => line.Message.Contains("cannot read after", StringComparison.Ordinal)),
            RecoveryLimit,
            Stop
        );
        Assert.Equal(10, observer.Messages.Count);
        proxy.Reset();
        await host.Tail.WaitUntilAppliedAsync(missed.Max(), Stop).WaitAsync(RecoveryLimit, Stop);
        var last = await host.Publisher.PublishAsync(PubSubHost.Renamed(21), Stop);
        await observer.HeardAsync(last, RecoveryLimit);

        var companies = observer.Messages.Select(message => ((CompanyUpdated)message.Payload).CompanyId).Order();
        if (isOnPubSub)
        {
            Assert.Equal([.. Enumerable.Range(1, 10).Select(id => (long)id), 21L], companies);
            Assert.Equal((missed.Max(), TailStartReason.Gap), observer.Starts.Last());
        }
        else
        {
            Assert.Equal(Enumerable.Range(1, 21).Select(id => (long)id), companies);
            Assert.Single(observer.Starts);
        }
    }
}
