using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StandIns.Tests;

/// <summary>The sample application, running.</summary>
public sealed class SampleApplication : IAsyncLifetime
{
    private DistributedApplication? _app;

    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(3);

    public static CancellationToken DeadlineToken => CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken, new CancellationTokenSource(Deadline).Token).Token;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The application is not running.");

    public static async Task<DistributedApplication> StartAsync(CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Sample_AppHost>(cancellationToken);
        var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        await UntilAsync(
            () => Task.FromResult(((string[])["ticker", "first", "second"]).SelectMany(name => InstancesOf(app, name).Values)
                .All(instance => instance.HealthStatus == HealthStatus.Healthy && PidOf(instance) is not null)),
            "all instances are healthy");
        return app;
    }

    public async ValueTask InitializeAsync() => _app = await StartAsync(DeadlineToken);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    /// <summary>Waits until the condition holds. A service that does not answer counts as "not yet": one that runs need not listen yet.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await HoldsAsync())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, $"Not within {Deadline}: {what}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        async Task<bool> HoldsAsync()
        {
            try
            {
                return await condition();
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static int? PidOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value as int?;

    /// <summary>The states of all instances of a resource, by id.</summary>
    public static Dictionary<string, CustomResourceSnapshot> InstancesOf(DistributedApplication app, string resourceName)
    {
        var resource = ((DistributedApplicationModel)app.Services.GetService(typeof(DistributedApplicationModel))!).Resources
            .Single(resource => resource.Name == resourceName);
        return Aspire.Hosting.Dcp.DcpInstancesExtensions.GetResolvedResourceNames(resource).ToDictionary(
            name => name,
            name => app.ResourceNotifications.TryGetCurrentState(name, out var current) ? current.Snapshot : throw new InvalidOperationException(name));
    }
}

[CollectionDefinition(nameof(SampleApplication))]
public sealed class SampleApplicationCollection : ICollectionFixture<SampleApplication>;
