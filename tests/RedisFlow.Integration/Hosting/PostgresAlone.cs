using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RedisFlow.Integration;

/// <summary>An AppHost of PostgreSQL with one database.</summary>
public sealed class PostgresAlone : IAsyncDisposable
{
    /// <summary>The name of the server.</summary>
    public const string Server = "postgres";

    /// <summary>The name of the database.</summary>
    public const string Database = "ledger";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly DistributedApplication _application;

    private PostgresAlone(DistributedApplication application) => _application = application;

    /// <summary>Makes the AppHost; nothing is started.</summary>
    /// <param name="arguments">Its arguments. A password is among them unless a later one replaces it.</param>
    public static IDistributedApplicationBuilder CreateBuilder(params IEnumerable<string> arguments)
    {
        // The orchestrator's path and the user secrets are those of the real AppHost. The password is set, so that
        // none is written to the secrets.
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions
            {
                Args = ["--Parameters:postgres-password=correct-horse", .. arguments],
                AssemblyName = typeof(Projects.RedisFlow_AppHost).Assembly.GetName().Name,
                DisableDashboard = true,
            }
        );
        builder.AddPostgresServer(Server).AddDatabase(Database, "General Ledger");
        builder.AnnounceEarlyEnds("docs/operations.md");
        return builder;
    }

    /// <summary>Starts it, without waiting for the database.</summary>
    public static async Task<PostgresAlone> StartAsync(
        IEnumerable<string> arguments,
        ConsoleErrors? console = null,
        Action<IDistributedApplicationBuilder>? configure = null
    )
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var builder = CreateBuilder(arguments);
        if (console is not null)
        {
            builder.Services.AddSingleton<ILoggerProvider>(console);
        }

        configure?.Invoke(builder);
        var application = builder.Build();
        try
        {
            await application.StartAsync(deadline.Token);
            return new PostgresAlone(application);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits until the database answers.</summary>
    public static async Task<PostgresAlone> StartHealthyAsync(params IEnumerable<string> arguments)
    {
        var postgres = await StartAsync(arguments);
        try
        {
            await postgres.UntilHealthyAsync(Database);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a resource is healthy.</summary>
    public async Task UntilHealthyAsync(string resource)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        await _application.ResourceNotifications.WaitForResourceHealthyAsync(
            resource,
            WaitBehavior.WaitOnResourceUnavailable,
            deadline.Token
        );
    }

    /// <summary>The connection string of the server or of the database, as services get it.</summary>
    public async Task<string> ConnectionStringAsync(string resource) =>
        (await _application.GetConnectionStringAsync(resource))!;

    /// <summary>Opens a connection to the database that ends with it.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection($"{await ConnectionStringAsync(Database)};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Runs a statement in the database; returns its first value.</summary>
    public async Task<object?> ExecuteAsync(string statement)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Runs a command on the server, as the dashboard does.</summary>
    public async Task CommandAsync(string command)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var result = await _application.ResourceCommands.ExecuteCommandAsync(Server, command, deadline.Token);
        if (!result.Success)
        {
            throw new InvalidOperationException($"{command} failed: {result.Message}");
        }
    }

    /// <summary>Waits until the server has ended.</summary>
    /// <returns>The exit code: 0 of a program that ended in order.</returns>
    public async Task<int?> UntilEndedAsync()
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var ended = await _application.ResourceNotifications.WaitForResourceAsync(
            Server,
            change => KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text),
            deadline.Token
        );
        return ended.Snapshot.ExitCode;
    }

    /// <summary>The process that the orchestrator has started.</summary>
    public async Task<int> ProcessIdAsync()
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        var running = await _application.ResourceNotifications.WaitForResourceAsync(
            Server,
            change => change.Snapshot.State?.Text == KnownResourceStates.Running && ProcessIdOf(change) is not null,
            deadline.Token
        );
        return int.Parse(ProcessIdOf(running)!, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the dashboard says something of the health of a resource.</summary>
    public async Task UntilHealthReportsAsync(string resource, string part)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        await _application.ResourceNotifications.WaitForResourceAsync(
            resource,
            change =>
                change.Snapshot.HealthReports.Any(report =>
                    report.Description?.Contains(part, StringComparison.Ordinal) == true
                ),
            deadline.Token
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static string? ProcessIdOf(ResourceEvent change) =>
        change.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value?.ToString();
}
