using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests;

/// <summary>The services of an application model, without an application.</summary>
internal sealed class ApplicationModelServices : IDisposable
{
    /// <summary>Far more than anything here takes.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly ServiceProvider _provider;

    public ApplicationModelServices(params IResource[] model)
    {
        var services = new ServiceCollection();
        services.AddSingleton(new DistributedApplicationModel(model.AsEnumerable()));
        _provider = services.BuildServiceProvider();
        Notifications = new(NullLogger<ResourceNotificationService>.Instance, new NoLifetime(), _provider, Loggers);
        Commands = new(Notifications, Loggers, _provider);
    }

    public ResourceLoggerService Loggers { get; } = new();

    public ResourceNotificationService Notifications { get; }

    public ResourceCommandService Commands { get; }

    public static CancellationToken DeadlineToken =>
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, new CancellationTokenSource(Deadline).Token).Token;

    public Task PublishAsync(IResource resource, string state, Func<CustomResourceSnapshot, CustomResourceSnapshot>? more = null) =>
        Notifications.PublishUpdateAsync(resource, snapshot => (more ?? (same => same))(snapshot with { State = state }));

    public Task PublishReadyAsync(IResource resource, Task? ready = null) =>
        Notifications.PublishUpdateAsync(resource, snapshot => snapshot with { ResourceReadyEvent = new(ready ?? Task.CompletedTask) });

    public CustomResourceSnapshot Current(string resourceId)
    {
        Assert.True(Notifications.TryGetCurrentState(resourceId, out var current));
        return current.Snapshot;
    }

    public void Dispose()
    {
        Notifications.Dispose();
        Loggers.Dispose();
        _provider.Dispose();
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}

internal sealed class FakeResource : Resource
{
    public FakeResource(string name, params string[] replicaSuffixes)
        : base(name)
    {
        if (replicaSuffixes.Length > 0)
        {
            Annotations.Add(new DcpInstancesAnnotation([.. replicaSuffixes.Select((suffix, index) => new DcpInstance($"{name}-{suffix}", suffix, index))]));
        }
    }

    public FakeResource With(params IResourceAnnotation[] annotations)
    {
        foreach (var annotation in annotations)
        {
            Annotations.Add(annotation);
        }

        return this;
    }

    public FakeResource WithCommand(
        string name,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute,
        Func<UpdateCommandStateContext, ResourceCommandState>? updateState = null) =>
        With(new ResourceCommandAnnotation(
            name, $"Do {name}", updateState ?? (_ => ResourceCommandState.Enabled), execute, "What it does", null, "Sure?", "Play", IconVariant.Filled, true));

    /// <summary>A command with a number between 1 and 9, which is 3 unless it is given, and a word that may be missing.</summary>
    public FakeResource WithArguments(string name, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) => With(new ResourceCommandAnnotation(
        name,
        $"Do {name}",
        _ => ResourceCommandState.Enabled,
        execute,
        displayDescription: null,
        parameter: null,
        [
            new() { Name = "count", InputType = InputType.Number, Required = true, Value = "3" },
            new() { Name = "word", InputType = InputType.Text, MaxLength = 4 },
        ],
        confirmationMessage: null,
        iconName: null,
        iconVariant: null,
        isHighlighted: false,
        context =>
        {
            if (context.Inputs.GetDouble("count") is < 1 or > 9)
            {
                context.AddValidationError("count", "Between 1 and 9.");
            }

            return Task.CompletedTask;
        }));
}
