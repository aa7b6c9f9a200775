using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

/// <summary>An application with a database, an outbox and, if the test says so, a consumer with an inbox.</summary>
internal sealed class App : IAsyncDisposable
{
    private readonly IHost _host;

    private App(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string NewName() => $"test_{Guid.NewGuid():N}";

    /// <summary>Builds an application without starting it.</summary>
    /// <param name="redis">Redis's connection string.</param>
    /// <param name="database">The database's connection string.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="configure">Adds what the test is about.</param>
    /// <param name="settings">Settings.</param>
    public static App Build(
        string redis,
        string database,
        string stream,
        Action<RedisStreamsBuilder> configure,
        Dictionary<string, string?>? settings = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis,
                ["Streams:Name"] = stream,
                ["Streams:Groups:0"] = "g",
                ["Streams:RetryDelay"] = "00:00:00.050",
                ["Streams:Outbox:PollInterval"] = "00:00:00.100",
                ["Streams:Outbox:LeaseDuration"] = "00:00:02",
            }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
        {
            var options = ConfigurationOptions.Parse(redis);
            options.BacklogPolicy = BacklogPolicy.FailFast;
            return ConnectionMultiplexer.Connect(options);
        });
        builder.Services.AddDbContext<TestDb>(options =>
            options.UseNpgsql(database, npgsql => npgsql.EnableRetryOnFailure(1, TimeSpan.FromMilliseconds(50), null))
        );
        configure(builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files));
        return new App(builder.Build());
    }

    /// <summary>Creates a database with all tables.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(PostgresServer server)
    {
        var connection = server.ConnectionString(NewName());
        await using var db = new TestDb(new DbContextOptionsBuilder<TestDb>().UseNpgsql(connection).Options);
        await db.Database.EnsureCreatedAsync(Stop);
        return connection;
    }

    /// <summary>Builds an application and starts it.</summary>
    /// <inheritdoc cref="Build"/>
    public static async Task<App> StartAsync(
        string redis,
        string database,
        string stream,
        Action<RedisStreamsBuilder> configure,
        Dictionary<string, string?>? settings = null
    )
    {
        var app = Build(redis, database, stream, configure, settings);
        await app._host.StartAsync(Stop);
        return app;
    }

    /// <summary>Stops the application.</summary>
    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    /// <summary>Does something with the context and its outbox.</summary>
    public async Task<T> InScopeAsync<T>(Func<TestDb, Outbox<TestDb>, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(
            scope.ServiceProvider.GetRequiredService<TestDb>(),
            scope.ServiceProvider.GetRequiredService<Outbox<TestDb>>()
        );
    }

    /// <summary>Reads from the database.</summary>
    public Task<T> ReadAsync<T>(Func<TestDb, Task<T>> read) => InScopeAsync((db, _) => read(db));

    /// <summary>Creates or renames a company with its event in one save.</summary>
    public Task<OutboxReceipt> RenameAsync(long id, string name, string? messageId = null) =>
        InScopeAsync(
            async (db, outbox) =>
            {
                await RenameAsync(db, outbox, id, name, messageId);
                return await outbox.SaveChangesAsync(Stop);
            }
        );

    /// <summary>Changes a company and adds its event; saves nothing.</summary>
    public static async Task RenameAsync(
        TestDb db,
        Outbox<TestDb> outbox,
        long id,
        string name,
        string? messageId = null
    )
    {
        if (await db.Companies.FindAsync([id], Stop) is not { } company)
        {
            db.Add(company = new Company { Id = id });
        }

        company.Name = name;
        company.Version++;
        outbox.Publish(Renamed(id, name, company.Version, messageId));
    }

    public static Publication Renamed(long id, string name, long version, string? messageId = null) =>
        new(new CompanyUpdated { CompanyId = id, Name = name }, $"company/{id}", "Renamed.")
        {
            EntityVersion = version,
            MessageId = messageId,
        };

    /// <summary>The messages of the stream, in its order.</summary>
    public async Task<IReadOnlyList<(MessagePosition Position, StreamMessage Message)>> EntriesAsync(string stream)
    {
        var redis = Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        return
        [
            .. (await redis.StreamRangeAsync(new StreamKeys(stream).Stream)).Select(entry =>
                (MessagePosition.Parse(entry.Id!), StreamMessage.Parser.ParseFrom((byte[])entry.Values[0].Value!))
            ),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        NpgsqlConnection.ClearAllPools();
    }
}
