using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StandIns.Tests;

public sealed class ApplicationModelWaitTests : IDisposable
{
    private readonly FakeResource _redis = new("redis");
    private readonly FakeResource _catalog = new("catalog");
    private readonly ApplicationModelServices _services;

    public ApplicationModelWaitTests() => _services = new(_redis, _catalog);

    private ResourceNotificationService Notifications => _services.Notifications;

    private static CancellationToken Deadline => ApplicationModelServices.DeadlineToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Waits_for_one_of_the_states()
    {
        var waiting = Notifications.WaitForResourceAsync("redis", ["Exited", "Running"], Deadline);
        await _services.PublishAsync(_redis, "Starting");
        Assert.False(waiting.IsCompleted);

        await _services.PublishAsync(_redis, "Running");

        Assert.Equal("Running", await waiting);
    }

    [Fact]
    public async Task A_cancelled_wait_tells_the_state_and_the_checks()
    {
        await _services.PublishAsync(_redis, "Running", snapshot => snapshot.WithHealthReports([new("ping", HealthStatus.Unhealthy, "no answer", null)]));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() =>
            Notifications.WaitForResourceHealthyAsync("redis", WaitBehavior.WaitOnResourceUnavailable, cancelled.Token));

        Assert.Contains("Resource 'redis' failed to become healthy before the operation was cancelled.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("State = Running", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ping: Unhealthy no answer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_end_with_the_service()
    {
        var waiting = Notifications.WaitForResourceAsync("redis", "Running", Deadline);

        Notifications.Dispose();

        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Healthy_means_ready_too()
    {
        var ready = new TaskCompletionSource();
        var waiting = Notifications.WaitForResourceHealthyAsync("redis", Deadline);
        await _services.PublishAsync(_redis, "Running");
        await _services.PublishReadyAsync(_redis, ready.Task);
        Assert.False(waiting.IsCompleted);

        ready.SetResult();

        Assert.Same(_redis, (await waiting).Resource);
    }

    [Fact]
    public async Task A_failed_ready_event_fails_the_wait()
    {
        await _services.PublishAsync(_redis, "Running");
        await _services.PublishReadyAsync(_redis, Task.FromException(new InvalidOperationException("seeding failed")));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Notifications.WaitForResourceHealthyAsync("redis", Deadline));

        Assert.Equal("seeding failed", exception.Message);
    }

    [Theory]
    [InlineData("Exited")]
    [InlineData("Finished")]
    [InlineData("FailedToStart")]
    [InlineData("RuntimeUnhealthy")]
    public async Task An_end_stops_the_wait_for_health_if_so_asked(string state)
    {
        await _services.PublishAsync(_redis, state);

        await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            Notifications.WaitForResourceHealthyAsync("redis", WaitBehavior.StopOnResourceUnavailable, Deadline));

        var patient = Notifications.WaitForResourceHealthyAsync("redis", WaitBehavior.WaitOnResourceUnavailable, Deadline);
        await _services.PublishAsync(_redis, "Running");
        await _services.PublishReadyAsync(_redis);
        Assert.Equal("Running", (await patient).Snapshot.State?.Text);
    }

    [Fact]
    public async Task A_resource_that_does_not_exist_stops_the_wait()
    {
        var exception = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            Notifications.WaitForResourceHealthyAsync("rediss", WaitBehavior.StopOnResourceUnavailable, Deadline));

        Assert.Contains("'rediss'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dependent_waits_until_its_dependency_is_healthy_and_ready()
    {
        _redis.With(new HealthCheckAnnotation("ping"));
        _catalog.With(new WaitAnnotation(_redis, WaitType.WaitUntilHealthy));

        var waiting = Notifications.WaitForDependenciesAsync(_catalog, Deadline);
        var while_waiting = _services.Current("catalog");
        await _services.PublishAsync(_redis, "Running", snapshot => snapshot.WithHealthReports([new("ping", null, null, null)]));
        await _services.PublishReadyAsync(_redis);
        Assert.False(waiting.IsCompleted);
        await Notifications.PublishUpdateAsync(_redis, snapshot => snapshot.WithHealthReports([new("ping", HealthStatus.Healthy, null, null)]));
        await waiting;

        Assert.Equal("Waiting", while_waiting.State?.Text);
        Assert.Equal(["redis"], Assert.IsType<string[]>(Assert.Single(while_waiting.Properties).Value));
        Assert.Empty(_services.Current("catalog").Properties);
    }

    [Fact]
    public async Task A_dependent_waits_for_each_replica()
    {
        var orders = new FakeResource("orders", "a", "b");
        _catalog.With(new WaitAnnotation(orders, WaitType.WaitUntilStarted));

        var waiting = Notifications.WaitForDependenciesAsync(_catalog, Deadline);
        await Notifications.PublishUpdateAsync(orders, "orders-a", snapshot => snapshot with { State = "Running" });
        await Notifications.WaitForResourceAsync(
            "catalog",
            change => change.Snapshot.Properties.Any(property => property.Value is string[] and ["orders-b"]),
            Deadline);
        Assert.False(waiting.IsCompleted);

        await Notifications.PublishUpdateAsync(orders, "orders-b", snapshot => snapshot with { State = "Running" });
        await waiting;
    }

    [Theory]
    [InlineData("FailedToStart", "it failed to start")]
    [InlineData("Exited", "it entered the 'Exited' state prematurely")]
    public async Task A_dependency_that_ends_fails_its_dependent(string state, string reason)
    {
        _catalog.With(new WaitAnnotation(_redis, WaitType.WaitUntilHealthy) { WaitBehavior = WaitBehavior.StopOnResourceUnavailable });
        await _services.PublishAsync(_redis, state);

        var exception = await Assert.ThrowsAsync<DistributedApplicationException>(() => Notifications.WaitForDependenciesAsync(_catalog, Deadline));

        Assert.Equal($"Resource 'catalog' stopped waiting for dependency resource 'redis' because {reason}.", exception.Message);
    }

    [Fact]
    public async Task Completion_needs_the_expected_exit_code()
    {
        _catalog.With(new WaitAnnotation(_redis, WaitType.WaitForCompletion, exitCode: 3));
        await _services.PublishAsync(_redis, "Exited", snapshot => snapshot with { ExitCode = 3 });
        await Notifications.WaitForDependenciesAsync(_catalog, Deadline);

        await _services.PublishAsync(_redis, "Exited", snapshot => snapshot with { ExitCode = 1 });
        var exception = await Assert.ThrowsAsync<DistributedApplicationException>(() => Notifications.WaitForDependenciesAsync(_catalog, Deadline));
        Assert.Contains("with exit code '1', expected '3'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_without_lifetime_is_not_waited_for()
    {
        _catalog.With(new WaitAnnotation(new Parameter(), WaitType.WaitUntilHealthy));

        await Notifications.WaitForDependenciesAsync(_catalog, Deadline);

        Assert.False(Notifications.TryGetCurrentState("catalog", out _));
    }

    private sealed class Parameter() : Resource("parameter"), IResourceWithoutLifetime;
}
