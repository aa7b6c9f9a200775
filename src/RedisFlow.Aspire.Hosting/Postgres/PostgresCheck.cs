using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Whether a database answers. One that does not exist is created; another AppHost that does the same at that moment
/// does no harm. A password that does not fit is told on the console: nothing else would say why all wait.
/// </summary>
internal sealed partial class PostgresCheck(
    IResourceWithConnectionString resource,
    string database,
    string refusal,
    ResourceLoggerService logs,
    ILogger<PostgresCheck> console
) : IHealthCheck
{
    /// <summary>The database that every server has.</summary>
    public const string Maintenance = "postgres";

    private bool _wasRefused;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using var connection = await OpenAsync(database, cancellationToken);
            await RunAsync(connection, "SELECT 1", cancellationToken);
            _wasRefused = false;
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await CreateAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            if (!_wasRefused)
            {
                LogRefused(console, resource.Name, refusal);
                _wasRefused = true;
            }

            return HealthCheckResult.Unhealthy(refusal, refused);
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(Maintenance, cancellationToken);
        using var quoting = new NpgsqlCommandBuilder();
        try
        {
            await RunAsync(connection, $"CREATE DATABASE {quoting.QuoteIdentifier(database)}", cancellationToken);
            var log = logs.GetLogger(resource);
            LogCreated(log, database);
        }
        catch (PostgresException exists)
            when (exists.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another one was faster.
        }
    }

    // Without a pool: a connection that stays would keep a developer from dropping the database.
    private async Task<NpgsqlConnection> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var text = await resource.GetConnectionStringAsync(cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(text) { Database = name, Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Created the database {Database}")]
    private static partial void LogCreated(ILogger log, string database);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} refuses the password: {Refusal}")]
    private static partial void LogRefused(ILogger console, string resource, string refusal);
}
