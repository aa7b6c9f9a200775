using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Servers;
using StackExchange.Redis;

namespace RedisFlow.Streams.Features;

/// <summary>
/// What the server of the shared connection can do. The server is asked at first use, and again after
/// <see cref="Forget()"/>, which a reconnect calls too: it may lead to a server of another version.
/// </summary>
/// <param name="probe">Asks the server.</param>
/// <param name="services">Has the shared connection, which may connect when it is first resolved.</param>
internal sealed class ServerTier(Func<CancellationToken, Task<ServerFeatures>> probe, IServiceProvider services)
    : IDisposable
{
    private readonly Lock _gate = new();
    private Task<ServerFeatures>? _features;
    private IConnectionMultiplexer? _watched;

    /// <summary>
    /// The features. Callers at the same time share one question. A server that refuses to tell, e.g. by an ACL without
    /// COMMAND, is used as
    /// <see cref="ServerFeatures.Floor"/>, which every supported server can do.
    /// </summary>
    /// <exception cref="TimeoutException">The server did not answer in time. Nothing is remembered: the next call asks
    /// again.</exception>
    /// <exception cref="RedisException">The server could not be reached. The next call asks again.</exception>
    public async ValueTask<ServerFeatures> GetAsync(CancellationToken cancellationToken)
    {
        Task<ServerFeatures> features;
        lock (_gate)
        {
            features = _features ??= ProbeAsync();
        }

        try
        {
            return await features.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (features.IsFaulted)
        {
            Forget(features);
            throw;
        }
    }

    /// <summary>
    /// Asks the server again at the next <see cref="GetAsync"/>: it answered as one of another version would.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _features = null;
        }
    }

    /// <summary>
    /// Whether the server said that it does not know the command or an option of it. Call <see cref="Forget()"/> then
    /// and choose again; the command did nothing.
    /// </summary>
    public static bool IsUnknown(Exception exception) =>
        exception is RedisServerException { Message: var text }
        && (
            text.StartsWith("ERR syntax error", StringComparison.Ordinal)
            || text.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("ERR Unknown Redis command", StringComparison.Ordinal)
            || text.StartsWith("ERR wrong number of arguments", StringComparison.Ordinal)
            || text.StartsWith("ERR Unbalanced", StringComparison.Ordinal)
            || text.StartsWith("ERR Invalid stream ID", StringComparison.Ordinal)
        );

    /// <inheritdoc/>
    public void Dispose() => Watch(null);

    private async Task<ServerFeatures> ProbeAsync()
    {
        // Away from the lock, which the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        // Before the question, so that a reconnect after the answer is noticed in any case.
        Watch(services.GetRequiredService<IConnectionMultiplexer>());
        try
        {
            // Not the caller's token: others wait for this answer too. It ends by itself, after the limit of a command.
            return await probe(CancellationToken.None).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (!RedisFaults.IsInfrastructure(exception))
        {
            return ServerFeatures.Of(ServerFeatures.Floor, hasAckDelCommands: false);
        }
    }

    private void Forget(Task<ServerFeatures> failed)
    {
        lock (_gate)
        {
            if (_features == failed)
            {
                _features = null;
            }
        }
    }

    private void Watch(IConnectionMultiplexer? connection)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_watched, connection))
            {
                return;
            }

            if (_watched is not null)
            {
                _watched.ConnectionFailed -= OnConnection;
                _watched.ConnectionRestored -= OnConnection;
            }

            if (connection is not null)
            {
                connection.ConnectionFailed += OnConnection;
                connection.ConnectionRestored += OnConnection;
            }

            _watched = connection;
        }
    }

    private void OnConnection(object? sender, ConnectionFailedEventArgs change) => Forget();
}
