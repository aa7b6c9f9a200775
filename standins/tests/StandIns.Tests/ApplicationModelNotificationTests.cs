using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StandIns.Tests;

public sealed class ApplicationModelNotificationTests : IDisposable
{
    private readonly FakeResource _redis = new("redis");
    private readonly ApplicationModelServices _services;

    public ApplicationModelNotificationTests() => _services = new(_redis);

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task First_state_comes_from_the_initial_snapshot()
    {
        _redis.With(new ResourceSnapshotAnnotation(new() { ResourceType = "Container", Properties = [new("a", 1)] }));

        await _services.PublishAsync(_redis, "Starting");

        var snapshot = _services.Current("redis");
        Assert.Equal("Container", snapshot.ResourceType);
        Assert.Equal("Starting", snapshot.State?.Text);
        Assert.Equal(1, Assert.Single(snapshot.Properties).Value);
    }

    [Fact]
    public async Task Same_content_is_not_published_again()
    {
        CustomResourceSnapshot Content(CustomResourceSnapshot snapshot) => snapshot with
        {
            State = "Running",
            Properties = [new("ports", Ports(1, 2)), new("args", new List<string> { "a" })],
            Urls = [new("http", "http://localhost:1", false)],
        };
        await _services.Notifications.PublishUpdateAsync(_redis, Content);
        var version = _services.Current("redis").Version;

        await _services.Notifications.PublishUpdateAsync(_redis, Content);
        Assert.Equal(version, _services.Current("redis").Version);

        await _services.Notifications.PublishUpdateAsync(_redis, snapshot => Content(snapshot) with { Properties = [new("ports", Ports(1, 3))] });
        Assert.Equal(version + 1, _services.Current("redis").Version);
    }

    [Fact]
    public async Task Every_watcher_sees_every_change_once_and_in_order()
    {
        const int Publishers = 4;
        const int UpdatesEach = 200;
        const int Watchers = 6;
        await _services.PublishAsync(_redis, "Starting");

        Task Publish(int publisher) => Task.Run(async () =>
        {
            for (var i = 0; i < UpdatesEach; i++)
            {
                await _services.PublishAsync(_redis, $"{publisher}-{i}");
            }
        });
        async Task<List<long>> WatchAsync()
        {
            var versions = new List<long>();
            await foreach (var change in _services.Notifications.WatchAsync(ApplicationModelServices.DeadlineToken))
            {
                versions.Add(change.Snapshot.Version);
                if (versions[^1] == (Publishers * UpdatesEach) + 1)
                {
                    break;
                }
            }

            return versions;
        }

        // Half of them watch from the beginning, the others begin while changes are published.
        var early = Enumerable.Range(0, Watchers / 2).Select(_ => WatchAsync()).ToList();
        var publishing = Enumerable.Range(0, Publishers).Select(Publish).ToList();
        var late = Enumerable.Range(0, Watchers / 2).Select(_ => Task.Run(WatchAsync)).ToList();
        await Task.WhenAll(publishing);

        Assert.All(await Task.WhenAll(early), versions => Assert.Equal((Publishers * UpdatesEach) + 1, versions.Count));
        foreach (var versions in await Task.WhenAll(early.Concat(late)))
        {
            Assert.Equal(Enumerable.Range(0, versions.Count).Select(i => versions[0] + i), versions);
        }
    }

    [Fact]
    public async Task A_change_that_the_current_state_contains_is_not_told_again()
    {
        ResourceEvent Version(long version) => new(_redis, "redis", new() { ResourceType = "Container", Properties = [], Version = version });
        var changes = Channel.CreateUnbounded<ResourceEvent>();
        foreach (var version in (long[])[1, 2, 3])
        {
            changes.Writer.TryWrite(Version(version));
        }

        changes.Writer.Complete();
        using var subscription = new ResourceSubscription(changes.Reader, [Version(2)], () => { });

        var told = new List<long>();
        await foreach (var batch in subscription.ReadBatchesAsync(ApplicationModelServices.DeadlineToken))
        {
            told.AddRange(batch.Select(change => change.Snapshot.Version));
        }

        Assert.Equal([3], told);
    }

    [Fact]
    public async Task An_instance_is_found_by_id_and_by_the_name_of_a_resource_without_replicas()
    {
        var orders = new FakeResource("orders", "a", "b");
        var catalog = new FakeResource("catalog", "c");
        await _services.PublishAsync(orders, "Running");
        await _services.PublishAsync(catalog, "Running");

        Assert.True(_services.Notifications.TryGetCurrentState("orders-b", out var replica));
        Assert.Same(orders, replica.Resource);
        Assert.False(_services.Notifications.TryGetCurrentState("orders", out _));
        Assert.True(_services.Notifications.TryGetCurrentState("Catalog", out var single));
        Assert.Equal("catalog-c", single.ResourceId);
    }

    [Fact]
    public async Task An_id_belongs_to_one_resource()
    {
        await _services.PublishAsync(_redis, "Running");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _services.Notifications.PublishUpdateAsync(new FakeResource("other"), "redis", snapshot => snapshot));
    }

    [Fact]
    public async Task Commands_and_icon_follow_the_annotations()
    {
        _redis
            .With(new ResourceIconAnnotation("Database"))
            .WithCommand("flush", _ => Task.FromResult(CommandResults.Success()), context =>
                context.ResourceSnapshot.State?.Text == "Running" ? ResourceCommandState.Enabled : ResourceCommandState.Disabled);

        await _services.PublishAsync(_redis, "Starting");
        var starting = _services.Current("redis");
        await _services.PublishAsync(_redis, "Running");
        var running = _services.Current("redis");

        Assert.Equal("Database", starting.IconName);
        Assert.Equal(IconVariant.Filled, starting.IconVariant);
        Assert.Equal(ResourceCommandState.Disabled, Assert.Single(starting.Commands).State);
        Assert.Equal(ResourceCommandState.Enabled, Assert.Single(running.Commands).State);
    }

    [Theory]
    [InlineData("Starting", null, null, null)]
    [InlineData("Running", HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Degraded)]
    [InlineData("Running", HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Unhealthy)]
    [InlineData("Running", null, null, HealthStatus.Unhealthy)]
    public async Task Health_is_the_worst_report_of_a_running_resource(string state, HealthStatus? first, HealthStatus? second, HealthStatus? expected)
    {
        await _services.PublishAsync(_redis, state, snapshot =>
            snapshot.WithHealthReports([new("a", first, null, null), new("b", second, null, null)]));

        Assert.Equal(expected, _services.Current("redis").HealthStatus);
    }

    [Fact]
    public async Task A_running_resource_without_checks_is_healthy()
    {
        await _services.PublishAsync(_redis, "Running");

        Assert.Equal(HealthStatus.Healthy, _services.Current("redis").HealthStatus);
    }

    private static int[] Ports(params int[] ports) => ports;
}
