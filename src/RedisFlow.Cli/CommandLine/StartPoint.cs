using System.Globalization;
using System.Text.RegularExpressions;
using RedisFlow.Streams;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Where to begin in a stream: <c>beginning</c>, <c>end</c>, a position (<c>1795234011241-0</c>), a time
/// (<c>2026-11-21T10:00:00Z</c>), or so long ago (<c>-1h</c>) by the server's clock.
/// </summary>
internal sealed partial record StartPoint
{
    private StartPoint() { }

    /// <summary>As it was written.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it is the stream's end: only what comes from now on.</summary>
    public bool IsEnd { get; private init; }

    private MessagePosition? Position { get; init; }

    private TimeSpan? Ago { get; init; }

    public static bool TryParse(string text, out StartPoint? point)
    {
        point = Parse(text);
        return point is not null;
    }

    /// <summary>The first position that is meant.</summary>
    /// <param name="serverTime">Asks for the server's time; needed only for a time ago.</param>
    public async Task<MessagePosition> ResolveAsync(Func<Task<DateTimeOffset>> serverTime)
    {
        if (IsEnd)
        {
            throw new InvalidOperationException("The stream's end is no position that is known before.");
        }

        return Position ?? OfTime(await serverTime() - Ago!.Value);
    }

    private static StartPoint? Parse(string text)
    {
        if (text.Equals("beginning", StringComparison.OrdinalIgnoreCase))
        {
            return new StartPoint { Text = text, Position = MessagePosition.Beginning };
        }

        if (text.Equals("end", StringComparison.OrdinalIgnoreCase))
        {
            return new StartPoint { Text = text, IsEnd = true };
        }

        // Years would be positions, too: one without a sequence must be as long as the milliseconds of our age are.
        if (
            MessagePosition.TryParse(text, out var position)
            && (text.Contains('-', StringComparison.Ordinal) || text.Length >= 10)
        )
        {
            return new StartPoint { Text = text, Position = position };
        }

        if (text.StartsWith('-'))
        {
            return Duration.TryParse(text[1..], out var ago) ? new StartPoint { Text = text, Ago = ago } : null;
        }

        return
            IsDate().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time >= DateTimeOffset.UnixEpoch
            ? new StartPoint { Text = text, Position = OfTime(time) }
            : null;
    }

    private static MessagePosition OfTime(DateTimeOffset time) =>
        new((ulong)Math.Max(0, time.ToUnixTimeMilliseconds()), 0);

    // The year first: what else a culture may take for a date is more likely a mistake.
    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}", RegexOptions.CultureInvariant)]
    private static partial Regex IsDate();
}
