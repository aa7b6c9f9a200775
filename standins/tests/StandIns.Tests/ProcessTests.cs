using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static StandIns.Tests.SampleApplication;

namespace StandIns.Tests;

/// <summary>Applications with models of their own, and what is left of them.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Several_applications_run_in_one_process_and_leave_no_process_behind()
    {
        var pids = new List<int>();
        await using (var first = await StartAsync(DeadlineToken))
        {
            await using var second = await StartAsync(DeadlineToken);
            foreach (var app in (DistributedApplication[])[first, second])
            {
                pids.AddRange(InstancesOf(app, "ticker").Concat(InstancesOf(app, "first")).Concat(InstancesOf(app, "second"))
                    .Select(instance => PidOf(instance.Value)!.Value));
            }

            Assert.Equal(8, pids.Distinct().Count());
            Assert.All(pids, pid => Assert.True(IsAlive(pid)));
        }

        await UntilAsync(() => Task.FromResult(!pids.Exists(IsAlive)), "all processes are gone");
    }

    [Fact]
    public async Task An_application_that_is_killed_leaves_no_process_behind()
    {
        var marker = Guid.NewGuid().ToString("N");
        using var appHost = Process.Start(new ProcessStartInfo("dotnet", [typeof(Projects.Sample_AppHost).Assembly.Location])
        {
            WorkingDirectory = Projects.Sample_AppHost.ProjectPath,
            Environment =
            {
                ["SAMPLE_MARKER"] = marker,
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
                ["DcpPublisher__RandomizePorts"] = "true",
            },
        })!;
        try
        {
            // The dashboard, the sleeper, a service and two replicas, and DCP itself.
            await UntilAsync(() => Task.FromResult(ProcessesWith(marker).Count(pid => pid != appHost.Id) >= 6), "the application runs");
        }
        finally
        {
            appHost.Kill();
            await appHost.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await UntilAsync(() => Task.FromResult(ProcessesWith(marker).Count == 0), "all processes of the application are gone");
    }

    [Fact]
    public async Task A_resource_waits_until_it_is_started_regardless()
    {
        await using var builder = CreateBuilder();
        var never = builder.AddExecutable("never", "/bin/sh", ".", "-c", "sleep 1000").WithExplicitStart();
        builder.AddExecutable("waiter", "/bin/sh", ".", "-c", "sleep 1000").WaitFor(never);
        await using var app = await builder.BuildAsync(DeadlineToken);
        var starting = app.StartAsync(DeadlineToken);

        await app.ResourceNotifications.WaitForResourceAsync("waiter", KnownResourceStates.Waiting, DeadlineToken);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("waiter", KnownResourceCommands.StartCommand, DeadlineToken)).Success);
        await app.ResourceNotifications.WaitForResourceAsync("waiter", KnownResourceStates.Running, DeadlineToken);
        await starting;
        Assert.Equal(KnownResourceStates.NotStarted, InstancesOf(app, "never").Values.Single().State?.Text);
    }

    [Fact]
    public async Task A_resource_waits_until_its_dependency_is_healthy()
    {
        var isHealthy = false;
        await using var builder = CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("gate", () => isHealthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("closed"));
        var first = builder.AddExecutable("first", "/bin/sh", ".", "-c", "exec sleep 1000").WithHealthCheck("gate");
        builder.AddExecutable("second", "/bin/sh", ".", "-c", "exec sleep 1000").WaitFor(first);
        await using var app = await builder.BuildAsync(DeadlineToken);
        var starting = app.StartAsync(DeadlineToken);

        await app.ResourceNotifications.WaitForResourceAsync(
            "first", change => change.Snapshot.HealthReports.Any(report => report is { Status: HealthStatus.Unhealthy, Description: "closed" }), DeadlineToken);
        Assert.Equal(KnownResourceStates.Waiting, InstancesOf(app, "second").Values.Single().State?.Text);
        Assert.False(starting.IsCompleted);

        isHealthy = true;
        await starting;
        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Running, DeadlineToken);
    }

    [Fact]
    public async Task Completion_is_waited_for_and_a_wrong_exit_code_fails_the_waiter()
    {
        await using var builder = CreateBuilder();
        var good = builder.AddExecutable("good", "/bin/sh", ".", "-c", "exit 3");
        var bad = builder.AddExecutable("bad", "/bin/sh", ".", "-c", "exit 4");
        builder.AddExecutable("after-good", "/bin/sh", ".", "-c", "sleep 1000").WaitForCompletion(good, exitCode: 3);
        builder.AddExecutable("after-bad", "/bin/sh", ".", "-c", "sleep 1000").WaitForCompletion(bad);
        await using var app = await builder.BuildAsync(DeadlineToken);
        await app.StartAsync(DeadlineToken);

        await app.ResourceNotifications.WaitForResourceAsync("after-good", KnownResourceStates.Running, DeadlineToken);
        await app.ResourceNotifications.WaitForResourceAsync("after-bad", KnownResourceStates.FailedToStart, DeadlineToken);
    }

    [Fact]
    public async Task Events_come_in_order_and_a_stop_is_told()
    {
        var events = new List<string>();
        await using var builder = CreateBuilder();
        var stopped = new TaskCompletionSource();
        builder.AddExecutable("sleeper", "/bin/sh", ".", "-c", "exec sleep 1000")
            .WithEndpoint(name: "tcp", env: "SLEEPER_PORT")
            .OnResourceEndpointsAllocated((_, _, _) => Note("allocated"))
            .OnBeforeResourceStarted((_, _, _) => Note("starting"))
            .OnResourceReady((_, _, _) => Note("ready"))
            .OnResourceStopped((_, _, _) =>
            {
                stopped.TrySetResult();
                return Task.CompletedTask;
            });
        await using var app = await builder.BuildAsync(DeadlineToken);
        await app.StartAsync(DeadlineToken);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("sleeper", DeadlineToken);

        Assert.Equal(["allocated", "starting", "ready"], events);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand, DeadlineToken)).Success);
        await stopped.Task.WaitAsync(DeadlineToken);

        Task Note(string what)
        {
            events.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_program_that_does_not_exist_fails_to_start()
    {
        await using var builder = CreateBuilder();
        builder.AddExecutable("missing", "/no/such/program", ".");
        await using var app = await builder.BuildAsync(DeadlineToken);
        await app.StartAsync(DeadlineToken);

        await app.ResourceNotifications.WaitForResourceAsync("missing", KnownResourceStates.FailedToStart, DeadlineToken);
    }

    [Fact]
    public async Task A_missing_orchestrator_is_named()
    {
        await using var builder = CreateBuilder("--DcpPublisher:CliPath=/no/such/dcp");
        await using var app = await builder.BuildAsync(DeadlineToken);

        var exception = await Assert.ThrowsAsync<FileNotFoundException>(() => app.StartAsync(DeadlineToken));
        Assert.Contains("/no/such/dcp", exception.Message, StringComparison.Ordinal);
        Assert.Contains("./run", exception.Message, StringComparison.Ordinal);
    }

    private static IDistributedApplicationTestingBuilder CreateBuilder(params string[] args)
    {
        var dcp = new AppHostAssembly(typeof(Projects.Sample_AppHost).Assembly).DcpPath;
        return DistributedApplicationTestingBuilder.Create([$"--DcpPublisher:CliPath={dcp}", .. args]);
    }

    private static List<int> ProcessesWith(string marker)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains(marker, StringComparison.Ordinal))
                {
                    found.Add(int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }
}
