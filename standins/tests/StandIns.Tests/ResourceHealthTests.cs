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

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_resource_is_checked_anew_when_its_state_changes()
    {
        using var asked = new SemaphoreSlim(0);
        await using var provider = WithPing(asked);
        using var health = await StartAsync(provider);
        var stream = new FakeResource("stream").With(new HealthCheckAnnotation("ping"));

        await _services.PublishAsync(stream, "Running");
        Assert.True(await asked.WaitAsync(Soon, Stop));
        await _services.PublishAsync(stream, "Unreachable");
        Assert.True(await asked.WaitAsync(Soon, Stop));
        await _services.PublishAsync(stream, "Running");
        Assert.True(await asked.WaitAsync(Soon, Stop));

        await health.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Replicas_in_different_states_are_not_checked_again_and_again()
    {
        using var asked = new SemaphoreSlim(0);
        await using var provider = WithPing(asked);
        using var health = await StartAsync(provider);
        var orders = new FakeResource("orders", "a", "b").With(new HealthCheckAnnotation("ping"));

        await _services.PublishAsync(orders, "Running");
        await _services.Notifications.PublishUpdateAsync(orders, "orders-b", snapshot => snapshot with { State = "Finished" });

        // Until nobody asks for some time, which is shorter than the pause between two regular checks.
        var checks = 0;
        while (checks < 100 && await asked.WaitAsync(TimeSpan.FromSeconds(3), Stop))
        {
            checks++;
        }

        Assert.InRange(checks, 1, 10);
        await health.StopAsync(CancellationToken.None);
    }

    private static ServiceProvider WithPing(SemaphoreSlim asked)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddCheck("ping", () =>
        {
            asked.Release();
            return HealthCheckResult.Healthy();
        });
        return services.BuildServiceProvider();
    }

    private async Task<ResourceHealthCheckService> StartAsync(ServiceProvider provider)
    {
        var health = new ResourceHealthCheckService(
            _services.Notifications,
            provider.GetRequiredService<HealthCheckService>(),
            new DistributedApplicationEventing(),
            provider,
            TimeProvider.System,
            NullLogger<ResourceHealthCheckService>.Instance);
        await health.StartAsync(Stop);
        return health;
    }
}
