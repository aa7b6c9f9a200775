namespace RedisFlow.Streams;

/// <summary>Observes a stream from outside its consumers.</summary>
public interface IStreamMonitor
{
    /// <summary>Reads the stream's current state, in one round trip.</summary>
    Task<StreamSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default);
}
