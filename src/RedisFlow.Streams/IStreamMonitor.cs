namespace RedisFlow.Streams;

/// <summary>Observes a stream from outside its consumers.</summary>
public interface IStreamMonitor
{
    /// <summary>Reads the stream's current state, in one round trip.</summary>
    Task<StreamSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the server what it can do. Faults of Redis reach the caller, also the refusal of a user that may not ask
    /// (ACL without COMMAND).
    /// </summary>
    Task<StreamServer> GetServerAsync(CancellationToken cancellationToken = default);
}
