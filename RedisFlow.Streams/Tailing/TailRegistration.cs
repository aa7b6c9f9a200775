namespace RedisFlow.Streams.Tailing;

/// <summary>That this application follows the stream.</summary>
/// <param name="Group">Its own consumer group; <c>null</c>: the one that it consumes, if it consumes exactly one.</param>
internal sealed record TailRegistration(string? Group);
