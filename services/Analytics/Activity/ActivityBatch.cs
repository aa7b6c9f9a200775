using System.Security.Cryptography;
using System.Text.Json;
using RedisFlow.Analytics.Contracts;

namespace RedisFlow.Analytics.Activity;

/// <summary>One thing that happened, checked.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="Kind">One of <see cref="ActivityKinds"/>.</param>
/// <param name="Count">How often it happened.</param>
/// <param name="Day">The day on which it happened, in UTC.</param>
internal readonly record struct ActivityEvent(long CompanyId, string Kind, long Count, DateOnly Day);

/// <summary>Events that are counted together.</summary>
/// <param name="Id">The sender's name for the batch; <c>null</c> if it has none.</param>
/// <param name="Digest">A digest of what was sent; it tells a batch that is sent again from another one under the same
/// id.</param>
/// <param name="Events">The events.</param>
internal sealed record ActivityBatch(string? Id, string Digest, IReadOnlyList<ActivityEvent> Events)
{
    /// <summary>
    /// The digest of events as they were sent: the same events, formatted otherwise, have the same digest.
    /// </summary>
    public static string DigestOf(IReadOnlyList<ActivityEventRequest?> sent) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(sent)));
}
