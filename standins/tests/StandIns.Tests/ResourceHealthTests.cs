using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests;

public sealed class ResourceHealthTests : IDisposable
{
    /// <summary>Less than the 30 s after which a healthy resource is checked in any case.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ApplicationModelServices _services = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_healthy_resource_is_checked_anew_when_its_state_changes()
    {
        using var asked = new SemaphoreSlim(0);
        var collection = new ServiceCollection().AddLogging();
        collection.AddHealthChecks().AddCheck("ping", () =>
        {
            asked.Release();
            return HealthCheckResult.Healthy();
        });
        await using var provider = collection.BuildServiceProvider();
        using var health = new ResourceHealthCheckService(
            _services.Notifications,
            provider.GetRequiredService<HealthCheckService>(),
            new DistributedApplicationEventing(),
            provider,
            TimeProvider.System,
            NullLogger<ResourceHealthCheckService>.Instance);
        await health.StartAsync(TestContext.Current.CancellationToken);
        var stream = new FakeResource("stream").With(new HealthCheckAnnotation("ping"));

        await _services.PublishAsync(stream, "Running");
        Assert.True(await asked.WaitAsync(Soon, TestContext.Current.CancellationToken));
        await _services.PublishAsync(stream, "Unreachable");
        Assert.True(await asked.WaitAsync(Soon, TestContext.Current.CancellationToken));
        await _services.PublishAsync(stream, "Running");
        Assert.True(await asked.WaitAsync(Soon, TestContext.Current.CancellationToken));

        await health.StopAsync(CancellationToken.None);
    }
}
