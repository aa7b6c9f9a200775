using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests.PubSub;

/// <summary>The same fault in both modes: what a tail on the stream still gets, and one on Pub/Sub has lost.</summary>
public sealed class ModeComparisonTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_published_while_a_tail_is_cut_off_reaches_it_from_the_stream_and_never_over_PubSub(
        bool useStreams
    )
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        using var log = new FakeLoggerProvider();
        var observer = new TailTests.Observer();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.OneServer,
                TestHost.NewStream(),
                streams: streams => streams.AddStreamTail(),
                settings: new()
                {
                    // The tail's own connection leads through the proxy, the publisher's does not.
                    ["ConnectionStrings:redis"] = proxy.ConnectionString,
                    ["Streams:UseStreamsForInvalidation"] = useStreams.ToString(),
                },
                services: services =>
                    services.AddSingleton<IStreamTailObserver>(observer).AddLogging(logging => logging.AddProvider(log))
            )
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
            () => log.Collector.Contains(LogLevel.Warning, "cannot read after"),
            RecoveryLimit,
            Stop
        );
        Assert.Equal(10, observer.Messages.Count);
        proxy.Reset();
        await host.Tail.WaitUntilAppliedAsync(missed.Max(), Stop).WaitAsync(RecoveryLimit, Stop);
        var last = await host.Publisher.PublishAsync(TestHost.Renamed(21), Stop);
        await Eventually.Until(() => observer.Messages.Any(message => message.Position == last), RecoveryLimit, Stop);

        var companies = observer.Messages.Select(message => ((CompanyUpdated)message.Payload).CompanyId).Order();
        if (useStreams)
        {
            Assert.Equal(Enumerable.Range(1, 21).Select(id => (long)id), companies);
            Assert.Single(observer.Starts);
        }
        else
        {
            Assert.Equal([.. Enumerable.Range(1, 10).Select(id => (long)id), 21L], companies);
            Assert.Equal((missed.Max(), TailStartReason.Gap), observer.Starts.Last());
        }
    }
}
