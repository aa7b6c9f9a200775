using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// What the console says of a resource that ends before it was ready: https://github.com/1Panel-dev/1Panel/issues/8888,
/// https://github.com/netbox-community/netbox-docker/issues/1121
/// </summary>
[Collection(OwnAppHost.Name)]
[Trait("Suite", "Reported faults")]
public sealed class EarlyEndTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>As a process in any case: the data of a container is in a volume, out of reach.</summary>
    [Fact]
    public async Task Should_SayWhyRedisEndedAndWhatToDo_When_ItsAppendOnlyFileIsDamaged()
    {
        await using var storage = new RedisStorage();
        var folder = Directory.CreateDirectory(Path.Combine(storage.Folder, "appendonlydir")).FullName;
        var stop = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appendonly.aof.manifest"),
            "file appendonly.aof.1.incr.aof seq 1 type i\n",
            stop
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "appendonly.aof.1.incr.aof"), "*X\r\n", stop);

        var console = new ConsoleErrors();
        await using var application = await StartAsync(
            [.. storage.Arguments, "--Redis:Mode=process"],
            console,
            static _ => { }
        );
        var said = await console.UntilAsync("redis ended");

        Assert.Contains("exit code 1 before it was ready", said, StringComparison.Ordinal);
        Assert.Contains("Bad file format reading the append only file", said, StringComparison.Ordinal);
        Assert.Contains("docs/operations.md, section 'A resource does not start'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_SayItOfEveryResource_AndNotOfOneThatWasStoppedOrHadWorked()
    {
        await using var storage = new RedisStorage();
        var console = new ConsoleErrors();
        await using var application = await StartAsync(
            storage.Arguments,
            console,
            static builder =>
            {
                builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
                Add(builder, "stopped", "exec sleep 1000").WithHealthCheck("never");
                Add(builder, "worked", "exec sleep 3");
                Add(builder, "broken", "echo what went wrong; exit 3").WithHealthCheck("never").WithExplicitStart();
            }
        );
        using var deadline = new CancellationTokenSource(Limit);
        var notifications = application.ResourceNotifications;

        await notifications.WaitForResourceAsync("stopped", KnownResourceStates.Running, deadline.Token);
        await application.ResourceCommands.ExecuteCommandAsync(
            "stopped",
            KnownResourceCommands.StopCommand,
            deadline.Token
        );
        await notifications.WaitForResourceAsync("stopped", KnownResourceStates.TerminalStates, deadline.Token);
        await notifications.WaitForResourceAsync("worked", KnownResourceStates.TerminalStates, deadline.Token);
        await application.ResourceCommands.ExecuteCommandAsync(
            "broken",
            KnownResourceCommands.StartCommand,
            deadline.Token
        );

        // Ends are looked at one after the other: what was to be said of the first two would have been said before.
        var said = await console.UntilAsync("broken ended");
        Assert.Contains("exit code 3 before it was ready. Its last lines:", said, StringComparison.Ordinal);
        Assert.Contains("what went wrong", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            console.Said,
            line =>
                line.Contains("stopped ended", StringComparison.Ordinal)
                || line.Contains("worked ended", StringComparison.Ordinal)
        );
    }

    private static IResourceBuilder<ExecutableResource> Add(
        IDistributedApplicationBuilder builder,
        string name,
        string script
    ) => builder.AddExecutable(name, "/bin/sh", ".", "-c", script);

    private static async Task<DistributedApplication> StartAsync(
        string[] arguments,
        ConsoleErrors console,
        Action<IDistributedApplicationTestingBuilder> configure
    )
    {
        using var deadline = new CancellationTokenSource(Limit);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
            arguments,
            deadline.Token
        );
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(project).WithExplicitStart();
        }

        builder.Services.AddSingleton<ILoggerProvider>(console);
        configure(builder);
        var application = await builder.BuildAsync(deadline.Token);
        await application.StartAsync(deadline.Token);
        return application;
    }
}
