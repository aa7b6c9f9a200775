using System.Diagnostics;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>
/// Judges reads. A read is stale if and only if its reply is older than a version that had been acknowledged before it
/// was sent. A version that is acknowledged while the read is on its way may be in the reply or not.
/// </summary>
internal static class ReadJudge
{
    /// <summary>Judges a read.</summary>
    /// <param name="history">The key's acknowledged versions.</param>
    /// <param name="sent">What was known before the read was sent.</param>
    /// <param name="version">The version that the reply brought.</param>
    /// <returns>How stale it is; <c>null</c> if it is not.</returns>
    public static StaleReply? Judge(KeyHistory history, in SentRead sent, long version)
    {
        if (sent.Newest is not { } newest || version >= newest.Version)
        {
            return null;
        }

        // At the latest from this version's acknowledgement on, the reply was old; later ones do not make it younger.
        var replaced = history.FirstNewerThan(version)!;
        return new StaleReply(Stopwatch.GetElapsedTime(replaced.At, sent.At), newest.Version - version);
    }
}

/// <summary>What was known just before a read was sent.</summary>
/// <param name="Newest">The newest acknowledged version of the key; noted first.</param>
/// <param name="At">When it was sent, by the monotonic clock; noted second, so that nothing that came between makes a
/// read look stale.</param>
internal readonly record struct SentRead(Acknowledged? Newest, long At);

/// <summary>A stale reply.</summary>
/// <param name="Age">How long a newer version had been acknowledged when the read was sent.</param>
/// <param name="Behind">How many versions newer the newest one was.</param>
internal readonly record struct StaleReply(TimeSpan Age, long Behind);
