namespace RedisFlow.Streams.Tailing;

/// <summary>That this application follows a stream.</summary>
/// <param name="Group">Its own consumer group; <c>null</c>: the one that it consumes the stream with, if it is exactly
/// one.</param>
internal sealed record TailRegistration(string? Group);
