using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>A version of a key whose transaction was acknowledged: EXEC had returned.</summary>
/// <param name="Version">The version.</param>
/// <param name="Position">The position of its message.</param>
/// <param name="At">When the writer knew, by the monotonic clock (<see cref="TimeProvider.GetTimestamp"/>); later than
/// the commit itself.</param>
internal sealed record Acknowledged(long Version, MessagePosition Position, long At);
