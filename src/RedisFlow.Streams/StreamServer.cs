namespace RedisFlow.Streams;

/// <summary>
/// What the server of the streams can do. Commands count only from the version on that has them without known faults.
/// </summary>
/// <param name="Version">
/// The version of Redis, or the one that a compatible server declares itself to be; 0.0 below 7.0, where it cannot be
/// asked.
/// </param>
/// <param name="IsSupported">Whether the engine runs on it: from 7.0 on, with streams.</param>
/// <param name="HasAckDel">Whether acknowledging and trimming know the groups' references: XACKDEL and XDELEX.</param>
/// <param name="HasClaim">Whether a read takes over what other consumers left: XREADGROUP CLAIM.</param>
/// <param name="HasIdempotentAdd">Whether the stream itself remembers message ids: XADD IDMP.</param>
public sealed record StreamServer(
    Version Version,
    bool IsSupported,
    bool HasAckDel,
    bool HasClaim,
    bool HasIdempotentAdd
)
{
    /// <summary>Gets the name that the server gives itself, e.g. <c>Valkey</c>. The default is <c>Redis</c>.</summary>
    public string Product { get; init; } = "Redis";

    /// <summary>
    /// Gets the server's own version, e.g. <c>9.1.2</c> of a Valkey whose <see cref="Version"/> is 7.2.4. The default
    /// is <c>null</c>: the server does not tell.
    /// </summary>
    public string? ProductVersion { get; init; }

    /// <summary>Gets whether the server has streams. The default is <c>true</c>.</summary>
    public bool HasStreams { get; init; } = true;
}
