using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RedisFlow.Domain;
using RedisFlow.Integration.Holds;
using StackExchange.Redis;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// The whole system: one AppHost with Redis and all services, shared by the tests of the collection. Tests leave every
/// resource running and use entities of their own.
/// </summary>
public class RedisFlowApplication : IAsyncLifetime
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(4);

    private DistributedApplication? _application;
    private ConnectionMultiplexer? _redis;

    /// <summary>
    /// How long a worker may leave a message untouched before another one takes it over, in these tests.
    /// </summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(4);

    /// <summary>Where Redis keeps its data.</summary>
    public RedisStorage Storage { get; } = new();

    public DistributedApplication Application =>
        _application ?? throw new InvalidOperationException("The application has not started.");

    public IDatabase Redis =>
        _redis?.GetDatabase() ?? throw new InvalidOperationException("The application has not started.");

    public StreamProbe Stream => new(Redis);

    public OrganizationApi Organization => new(Client(ResourceNames.Organization));

    public virtual async ValueTask InitializeAsync()
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
            [.. Storage.Arguments, .. Settings],
            (options, _) => options.DisableDashboard = !HasDashboard,
            deadline.Token
        );
        ConfigureServices(builder);

        _application = await builder.BuildAsync(deadline.Token);
        await _application.StartAsync(deadline.Token);
        await WaitUntilHealthyAsync(
            deadline.Token,
            ResourceNames.Organization,
            ResourceNames.Reporting,
            ResourceNames.Analytics,
            ResourceNames.Billing
        );

        var options = ConfigurationOptions.Parse(
            (await _application.GetConnectionStringAsync(ResourceNames.Redis, deadline.Token))!,
            ignoreUnknown: true
        );
        options.AbortOnConnectFail = false;
        options.AllowAdmin = true;
        _redis = await ConnectionMultiplexer.ConnectAsync(options);
        await UntilRedisAnswersAsync();

        // The sample users, whom Billing asks for, are written after the start.
        using var organization = Client(ResourceNames.Organization);
        await Deadline.UntilAsync(
            async () =>
            {
                using var answer = await organization.GetAsync("/api/users/2", deadline.Token);
                return answer.IsSuccessStatusCode;
            },
            found => found,
            "the sample users are there"
        );
    }

    /// <summary>Waits until the tests' own connection to Redis carries commands.</summary>
    public Task UntilRedisAnswersAsync() =>
        Deadline.UntilAsync(
            async () =>
            {
                await Redis.ExecuteAsync("EXISTS", "any");
                return true;
            },
            answers => answers,
            "Redis answers"
        );

    /// <summary>Further settings of the AppHost.</summary>
    protected virtual IReadOnlyList<string> Settings => [];

    /// <summary>Whether the dashboard runs too, at the addresses that <see cref="Settings"/> give it.</summary>
    protected virtual bool HasDashboard => false;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _redis?.Dispose();
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        await Storage.DisposeAsync();
    }

    /// <summary>A client for a service, through the orchestrator's proxy.</summary>
    public HttpClient Client(string resource)
    {
        var client = Application.CreateHttpClient(resource, "http");
        client.Timeout = TimeSpan.FromSeconds(30);
        return client;
    }

    /// <summary>
    /// Runs the stop command, as the dashboard's button does, and waits until the resource has ended.
    /// </summary>
    /// <returns>The exit code: 0 of a program that ended in order.</returns>
    public async Task<int> StopAsync(string resource)
    {
        await ExecuteAsync(resource, KnownResourceCommands.StopCommand);
        using var deadline = new CancellationTokenSource(StartDeadline);
        var ended = await Application.ResourceNotifications.WaitForResourceAsync(
            resource,
            change =>
                (
                    change.Snapshot.State?.Text == KnownResourceStates.Exited
                    || change.Snapshot.State?.Text == KnownResourceStates.Finished
                ) && change.Snapshot.ExitCode is not null,
            deadline.Token
        );
        return ended.Snapshot.ExitCode!.Value;
    }

    /// <summary>Runs the start command and waits until the resource is healthy.</summary>
    public async Task StartAsync(string resource)
    {
        await ExecuteAsync(resource, KnownResourceCommands.StartCommand);
        using var deadline = new CancellationTokenSource(StartDeadline);
        await WaitUntilHealthyAsync(deadline.Token, resource);
        if (resource == ResourceNames.Redis)
        {
            // The connection of the tests has to find it again, too, or the next test would meet a dead one; and so has
            // that of Organization, which tests ask for changes.
            await UntilRedisAnswersAsync();
            await UntilOrganizationAnswersAsync();
        }
    }

    /// <summary>Waits until Organization can read what it keeps in Redis.</summary>
    private async Task UntilOrganizationAnswersAsync()
    {
        using var client = Client(ResourceNames.Organization);
        await Deadline.UntilAsync(
            async () =>
            {
                using var answer = await client.GetAsync("/api/companies?pageSize=1");
                return answer.IsSuccessStatusCode;
            },
            answers => answers,
            "Organization answers"
        );
    }

    /// <summary>Starts a resource that a failed test may have left stopped.</summary>
    public async Task EnsureRunningAsync(string resource)
    {
        if ((await InstancesAsync(resource)).Count == 0)
        {
            await StartAsync(resource);
        }
    }

    /// <summary>The running instances of a resource: their ids and processes.</summary>
    public async Task<IReadOnlyList<ResourceInstance>> InstancesAsync(string resource)
    {
        var instances = new Dictionary<string, ResourceInstance>();
        var quiet = TimeSpan.FromSeconds(1);
        using var patience = new CancellationTokenSource(quiet);
        try
        {
            // WatchAsync replays the current state of everything first, then goes on for ever.
            await foreach (var change in Application.ResourceNotifications.WatchAsync(patience.Token))
            {
                if (change.Resource.Name == resource && ProcessId(change.Snapshot) is { } processId)
                {
                    patience.CancelAfter(quiet);
                    instances[change.ResourceId] = new ResourceInstance(
                        change.ResourceId,
                        processId,
                        change.Snapshot.State?.Text
                    );
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested) { }

        return [.. instances.Values.Where(instance => instance.State == KnownResourceStates.Running)];
    }

    /// <summary>Kills an instance as a crash would: SIGKILL, no chance to finish or to acknowledge.</summary>
    public async Task KillAsync(ResourceInstance instance)
    {
        using (var process = Process.GetProcessById(instance.ProcessId))
        {
            // The id may be that of a launcher whose child is the service.
            process.Kill(entireProcessTree: true);
        }

        using var deadline = new CancellationTokenSource(StartDeadline);
        await Application.ResourceNotifications.WaitForResourceAsync(
            NameOf(instance),
            change =>
                change.ResourceId == instance.Id
                && KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text),
            deadline.Token
        );
    }

    /// <summary>Starts an instance that has ended: one replica of several, too.</summary>
    public async Task StartInstanceAsync(ResourceInstance instance)
    {
        await ExecuteAsync(instance.Id, KnownResourceCommands.StartCommand);
        using var deadline = new CancellationTokenSource(StartDeadline);
        await Application.ResourceNotifications.WaitForResourceAsync(
            NameOf(instance),
            change => change.ResourceId == instance.Id && change.Snapshot.State?.Text == KnownResourceStates.Running,
            deadline.Token
        );
    }

    /// <summary>Runs a command on a resource or on one instance of it, as the dashboard does.</summary>
    /// <param name="resource">The resource's name, or the id of one of its instances.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">Its arguments; what is left out has the value that the command has by itself.</param>
    public async Task<ExecuteCommandResult> CommandAsync(
        string resource,
        string command,
        params (string Name, string Value)[] arguments
    )
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var inputs = arguments.Select(argument => new InteractionInput
        {
            Name = argument.Name,
            Value = argument.Value,
            InputType = InputType.Text,
        });
        return await Application.ResourceCommands.ExecuteCommandAsync(
            resource,
            command,
            new InteractionInputCollection([.. inputs]),
            deadline.Token
        );
    }

    /// <summary>What the dashboard shows of a resource now.</summary>
    public CustomResourceSnapshot Shown(string resource) =>
        Application.ResourceNotifications.TryGetCurrentState(resource, out var current)
            ? current.Snapshot
            : throw new InvalidOperationException($"There is no resource {resource}, or several.");

    // ResourceIds are the resource's name, a dash and a suffix.
    private static string NameOf(ResourceInstance instance) => instance.Id[..instance.Id.LastIndexOf('-')];

    private void ConfigureServices(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder
                .CreateResourceBuilder(project)
                .WithEnvironment("Streams__LeaseDuration", Lease.ToString("c", CultureInfo.InvariantCulture))
                .WithEnvironment(context =>
                {
                    // A service's group has its name, and those that consume nothing are no group.
                    if (GroupNames.All.Contains(project.Name))
                    {
                        foreach (var (name, value) in HoldingStartup.Environment(project.Name))
                        {
                            context.EnvironmentVariables[name] = value;
                        }
                    }

                    // Without the dashboard no process listens there. An exporter that retries against a dead port
                    // would hold up every stop.
                    if (!HasDashboard)
                    {
                        context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
                    }
                });
        }
    }

    private static int? ProcessId(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } value
        && int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), out var processId)
            ? processId
            : null;

    private async Task ExecuteAsync(string resource, string command)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var result = await Application.ResourceCommands.ExecuteCommandAsync(resource, command, deadline.Token);
        Assert.True(result.Success, $"{command} on {resource} failed: {result.Message}");
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken, params string[] resources)
    {
        foreach (var resource in resources)
        {
            await Application.ResourceNotifications.WaitForResourceHealthyAsync(
                resource,
                WaitBehavior.WaitOnResourceUnavailable,
                cancellationToken
            );
        }
    }
}

/// <summary>One running process of a resource.</summary>
public sealed record ResourceInstance(string Id, int ProcessId, string? State);
