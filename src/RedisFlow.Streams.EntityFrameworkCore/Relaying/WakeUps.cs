using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore.Relaying;

/// <summary>
/// Listens for NOTIFY, on a connection of its own. Behind a pooler that does not support that, nothing arrives, and the
/// relay finds events when it looks by itself.
/// </summary>
internal sealed class WakeUps<TContext> : IAsyncDisposable
    where TContext : DbContext
{
    private readonly AsyncServiceScope _scope;
    private readonly NpgsqlConnection _connection;

    private WakeUps(AsyncServiceScope scope, NpgsqlConnection connection)
    {
        _scope = scope;
        _connection = connection;
    }

    /// <summary>Connects and listens.</summary>
    public static async Task<WakeUps<TContext>> ListenAsync(
        IServiceScopeFactory scopes,
        CancellationToken cancellationToken
    )
    {
        var scope = scopes.CreateAsyncScope();
        try
        {
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
            await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await database
                .ExecuteSqlRawAsync($"LISTEN {OutboxSql<TContext>.Channel}", cancellationToken)
                .ConfigureAwait(false);
            return new WakeUps<TContext>(scope, (NpgsqlConnection)database.GetDbConnection());
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until it is woken, and no longer than a limit.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _connection.WaitAsync(limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}
