using RedisFlow.AspNetCore.Admin.Streams.Contracts;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>
/// Reads dead letters of one group or reason page by page. A page ends at its limit, and before that when it gets large
/// or has looked at many letters; the next one goes on after the last letter that was looked at, so that none is left
/// out and none comes twice.
/// </summary>
internal sealed class DeadLetterPages(IStreamAdministration administration, PayloadReader reader)
{
    /// <summary>Letters per round trip: each may be as large as Streams:MaxMessageSize.</summary>
    private const int PerRead = 16;

    /// <summary>Letters that are looked at for one page, wanted or not.</summary>
    private const int MostLooks = 4_000;

    /// <summary>The data of a page's letters in bytes, the last read not counted.</summary>
    private const int MostBytes = 1024 * 1024;

    public async Task<DeadLetterPageResponse> ReadAsync(
        string? group,
        string? reason,
        MessagePosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<DeadLetterResponse> wanted = [];
        var (looks, bytes) = (0, 0L);
        while (true)
        {
            var read = await administration.GetDeadLettersAsync(after, PerRead, cancellationToken);
            foreach (var letter in read)
            {
                looks++;
                after = letter.Position;
                if ((group is null || group == letter.Group) && (reason is null || reason == letter.Reason))
                {
                    bytes += letter.Data.Length;
                    wanted.Add(DeadLetterResponse.From(letter, reader));
                    if (wanted.Count == limit)
                    {
                        return Page(after);
                    }
                }
            }

            if (read.Count < PerRead)
            {
                return Page(next: null);
            }

            if (looks >= MostLooks || bytes >= MostBytes)
            {
                return Page(after);
            }
        }

        DeadLetterPageResponse Page(MessagePosition? next) => new(group, wanted, next?.ToString());
    }
}
