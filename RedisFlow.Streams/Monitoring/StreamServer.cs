namespace RedisFlow.Streams;

/// <summary>What the server of the streams can do. Commands count only from the version on that has them without known faults.</summary>
/// <param name="Version">
/// The version of Redis, or the one that a compatible server declares itself to be; 0.0 below 7.0, where it cannot be asked.
/// </param>
/// <param name="IsSupported">Whether the engine runs on it: from 7.0 on.</param>
/// <param name="HasAckDel">Whether acknowledging and trimming know the groups' references: XACKDEL and XDELEX.</param>
/// <param name="HasClaim">Whether a read takes over what other consumers left: XREADGROUP CLAIM.</param>
/// <param name="HasIdempotentAdd">Whether the stream itself remembers message ids: XADD IDMP.</param>
public sealed record StreamServer(Version Version, bool IsSupported, bool HasAckDel, bool HasClaim, bool HasIdempotentAdd);
