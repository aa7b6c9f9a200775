using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using StackExchange.Redis;

namespace RedisFlow.Integration;

/// <summary>An AppHost of which only Redis is started: for tests that start the AppHost several times.</summary>
public sealed class RedisAlone : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly DistributedApplication _application;
    private readonly ConnectionMultiplexer _connection;

    private RedisAlone(DistributedApplication application, ConnectionMultiplexer connection, string connectionString)
    {
        _application = application;
        _connection = connection;
        ConnectionString = connectionString;
    }

    public IDatabase Redis => _connection.GetDatabase();

    public string ConnectionString { get; }

    /// <summary>The value of a property of the resource, e.g. <c>Uri</c>, as services get it.</summary>
    public async Task<string?> PropertyAsync(string name)
    {
        var redis = (IResourceWithConnectionString)
            _application
                .Services.GetRequiredService<DistributedApplicationModel>()
                .Resources.Single(resource => resource.Name == ResourceNames.Redis);
        return await redis
            .GetConnectionProperties()
            .Single(property => property.Key == name)
            .Value.GetValueAsync(CancellationToken.None);
    }

    /// <summary>The password in the connection string.</summary>
    public string? Password => ConfigurationOptions.Parse(ConnectionString, ignoreUnknown: true).Password;

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="storage">Where it keeps its data.</param>
    /// <param name="settings">Further arguments of the AppHost.</param>
    public static async Task<RedisAlone> StartAsync(RedisStorage storage, params IReadOnlyList<string> settings)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
            [.. storage.Arguments, .. settings],
            deadline.Token
        );
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(project).WithExplicitStart();
        }

        var application = await builder.BuildAsync(deadline.Token);
        try
        {
            await application.StartAsync(deadline.Token);
            await application.ResourceNotifications.WaitForResourceHealthyAsync(
                ResourceNames.Redis,
                WaitBehavior.StopOnResourceUnavailable,
                deadline.Token
            );

            var connectionString = (await application.GetConnectionStringAsync(ResourceNames.Redis, deadline.Token))!;
            var options = ConfigurationOptions.Parse(connectionString, ignoreUnknown: true);
            options.AbortOnConnectFail = false;
            var connection = await ConnectionMultiplexer.ConnectAsync(options);
            var redis = new RedisAlone(application, connection, connectionString);
            await Deadline.UntilAsync(() => redis.Redis.PingAsync(), static _ => true, "Redis answers");
            return redis;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command on a resource, as the dashboard does. Its arguments have the values that it
    /// suggests.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string resource, string command)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        return await _application.ResourceCommands.ExecuteCommandAsync(resource, command, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _application.DisposeAsync();
    }
}
