using Google.Protobuf;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>
/// Reads dead letters of one group or reason page by page. A page ends at its limit, and before that when it gets large
/// or has looked at many letters; the next one goes on after the last letter that was looked at, so that none is left
/// out and none comes twice.
/// </summary>
internal sealed class DeadLetterPages(string stream, IStreamAdministration administration, JsonFormatter.Settings json)
{
    /// <summary>Answers are at most 16 levels deep, and a payload is on the fourth.</summary>
    private const int MaxDepth = 12;

    /// <summary>Letters per round trip: each may be as large as Streams:MaxMessageSize.</summary>
    private const int PerRead = 16;

    /// <summary>Letters that are looked at for one page, wanted or not.</summary>
    private const int MostLooks = 4_000;

    /// <summary>The data of a page's letters in bytes, the last read not counted.</summary>
    private const int MostBytes = 1024 * 1024;

    public async Task<DeadLetterPage> ReadAsync(
        DeadLetterFilter filter,
        MessagePosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<DecodedDeadLetter> wanted = [];
        var (looks, bytes) = (0, 0L);
        while (true)
        {
            var read = await administration.GetDeadLettersAsync(after, PerRead, cancellationToken);
            foreach (var letter in read)
            {
                looks++;
                after = letter.Position;
                if (filter.Matches(letter))
                {
                    bytes += letter.Data.Length;
                    wanted.Add(new DecodedDeadLetter(letter, json, MaxDepth));
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

        DeadLetterPage Page(MessagePosition? next) => new(stream, filter.Group, wanted, next);
    }
}
