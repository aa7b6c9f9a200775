using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>The tail when Redis breaks.</summary>
public sealed class TailFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private RedisServer? _server;

    private RedisServer Server => _server!;

    public async ValueTask InitializeAsync() =>
        _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task A_tail_that_was_cut_off_catches_up_without_a_gap()
    {
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(observer);
        await host.PublishAsync(1, 10);
        using var control = await Server.ConnectAsync(admin: true);
        await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        MessagePosition last = default;
        for (var id = 11; id <= 40; id++)
        {
            last = await Eventually.Until(
                () => host.Publisher.PublishAsync(TestHost.Renamed(id)),
                _ => true,
                RecoveryLimit,
                TestContext.Current.CancellationToken
            );
        }

        await host
            .Tail.WaitUntilAppliedAsync(last, TestContext.Current.CancellationToken)
            .WaitAsync(RecoveryLimit, TestContext.Current.CancellationToken);
        await TailTests.HeartbeatsAsync(observer, observer.Heartbeats.Count + 2);
        Assert.Single(observer.Starts);

        // A publish that was tried again may be there twice.
        Assert.Equal(
            Enumerable.Range(1, 40).Select(id => (long)id),
            observer.Messages.Select(message => ((CompanyUpdated)message.Payload).CompanyId).Distinct().Order()
        );
    }

    [Fact]
    public async Task A_server_that_returns_with_its_data_is_no_gap_and_one_without_is()
    {
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(observer);
        await host.PublishAsync(1, 10);
        await Server.RestartAsync(TestContext.Current.CancellationToken);
        var heartbeats = observer.Heartbeats.Count;
        await Eventually.Until(
            () => observer.Heartbeats.Count >= heartbeats + 2,
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );
        Assert.Single(observer.Starts);

        await host.Database.ExecuteAsync("FLUSHALL");
        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, TestContext.Current.CancellationToken);
        Assert.Equal((MessagePosition.Beginning, TailStartReason.Gap), observer.Starts.Last());
    }

    private Task<TestHost> StartAsync(TailTests.Observer observer) =>
        TestHost.StartAsync(
            TestHost.Build(
                Server,
                TestHost.NewStream(),
                streams: streams => streams.AddStreamTail(),
                services: services => services.AddSingleton<IStreamTailObserver>(observer)
            )
        );
}
