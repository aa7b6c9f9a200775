using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
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

    /// <summary>The password in the connection string.</summary>
    public string? Password => ConfigurationOptions.Parse(ConnectionString, ignoreUnknown: true).Password;

    public static async Task<RedisAlone> StartAsync(RedisStorage storage)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(storage.Arguments, deadline.Token);
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(project).WithExplicitStart();
        }

        var application = await builder.BuildAsync(deadline.Token);
        try
        {
            await application.StartAsync(deadline.Token);
            await application.ResourceNotifications.WaitForResourceHealthyAsync(
                ResourceNames.Redis, WaitBehavior.StopOnResourceUnavailable, deadline.Token);

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

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _application.DisposeAsync();
    }
}
