using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>How much there is in a stream.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Length">Messages in the stream.</param>
/// <param name="FirstPosition">The oldest one's position; null if the stream is empty.</param>
/// <param name="LastPosition">The last position that Redis gave to a message; 0-0 if there never was one.</param>
/// <param name="EntriesAdded">Messages ever published, those included that are trimmed by now.</param>
/// <param name="DeadLetters">Messages in the dead-letter stream.</param>
/// <param name="Delayed">Messages that wait for their time to be published.</param>
/// <param name="MemoryBytes">The memory that the stream takes, as Redis estimates it; null where Redis does not
/// tell.</param>
internal sealed record StreamLengthResponse(
    string Stream,
    long Length,
    string? FirstPosition,
    string LastPosition,
    long EntriesAdded,
    long DeadLetters,
    long Delayed,
    long? MemoryBytes
)
{
    public static StreamLengthResponse From(StreamSnapshot stream) =>
        new(
            stream.Stream,
            stream.Length,
            stream.FirstPosition?.ToString(),
            stream.LastPosition.ToString(),
            stream.EntriesAdded,
            stream.DeadLetters,
            stream.Delayed,
            stream.MemoryBytes
        );
}
