using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _inner;
    private readonly DistributedApplicationOptions _options;
    private readonly AppHostAssembly _assembly;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        IBuilderObserver.Current?.OnConstructing(options, settings);

        _assembly = new(options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly());
        AppHostDirectory = options.ProjectDirectory ?? _assembly.ProjectDirectory ?? Directory.GetCurrentDirectory();
        settings.ApplicationName ??= _assembly.Assembly?.GetName().Name;
        _inner = new(settings);

        if (_assembly.UserSecretsId is { } secretsId && Environment.IsDevelopment())
        {
            // Beneath everything else: the variables and arguments of this run win.
            Configuration.Sources.Insert(0, new ConfigurationBuilder().AddUserSecrets(secretsId).Sources[0]);
        }

        UserSecretsManager = new UserSecretsManager(_assembly.UserSecretsId);
        AddAppHostConfiguration();
        AddServices();
        IBuilderObserver.Current?.OnConstructed(this);
    }

    public ConfigurationManager Configuration => _inner.Configuration;

    public IHostEnvironment Environment => _inner.Environment;

    public IServiceCollection Services => _inner.Services;

    public string AppHostDirectory { get; }

    public string AppHostPath => Path.Combine(AppHostDirectory, Environment.ApplicationName);

    public Assembly? AppHostAssembly => _assembly.Assembly;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IUserSecretsManager UserSecretsManager { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        ModelName.Validate("Resource", resource.Name);
        if (Resources.FirstOrDefault(existing => string.Equals(existing.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } existing)
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{existing.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new DistributedApplicationResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        IBuilderObserver.Current?.OnBuilding(this);
        var application = new DistributedApplication(_inner.Build());
        ExecutionContext.ServiceProvider = application.Services;
        IBuilderObserver.Current?.OnBuilt(application);
        return application;
    }

    private void AddAppHostConfiguration() => Configuration.AddInMemoryCollection(
    [
        new("AppHost:Directory", AppHostDirectory),
        new("AppHost:Path", AppHostPath),
        new("AppHost:DashboardApplicationName", _options.DashboardApplicationName ?? Environment.ApplicationName),
        new("AppHost:Sha256", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(AppHostPath.ToLowerInvariant())))),
    ]);

    private void AddServices()
    {
        Services.AddSingleton(_options);
        Services.AddSingleton(_assembly);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(UserSecretsManager);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<ResourceLoggerService>(), services));
        // Waits fail early where nobody could start a resource by hand.
        Services.Configure<ResourceNotificationServiceOptions>(options => options.DefaultWaitBehavior =
            _options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable);
        Services.AddHealthChecks();
        Services.AddHttpClient();
        Services.AddLogging(logging => logging
            .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning));
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));

        Services.AddHostedService<DistributedApplicationLifecycle>();
        Services.AddDcp();
        Services.AddSingleton<InitialStates>();
        Services.AddSingleton<ResourceUrls>();
        Services.AddSingleton<ApplicationOrchestrator>();
        Services.AddHostedService<ResourceHealthCheckService>();
        if (_options.EnableResourceLogging)
        {
            Services.AddHostedService<ResourceLoggerForwarder>();
        }

        if (!_options.DisableDashboard)
        {
            this.AddDashboard();
        }

        // Last to start, since its start lasts until everything is up; first to stop.
        Services.AddHostedService<OrchestratorHostService>();
    }
}
