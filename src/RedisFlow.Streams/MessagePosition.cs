using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace RedisFlow.Streams;

/// <summary>
/// A place in a stream: the entry id that Redis assigned, <c>milliseconds-sequence</c>. Positions order all changes of
/// a stream; caches use them as versions, so that no clock is ever compared.
/// </summary>
/// <param name="Milliseconds">The part before the dash: Redis's clock at the entry's creation, in Unix
/// milliseconds.</param>
/// <param name="Sequence">The part after the dash: the number of the entry within that millisecond.</param>
[JsonConverter(typeof(MessagePositionJsonConverter))]
public readonly record struct MessagePosition(ulong Milliseconds, ulong Sequence) : IComparable<MessagePosition>
{
    /// <summary><c>0-0</c>: before every entry.</summary>
    public static MessagePosition Beginning => default;

    /// <summary>Parses <c>milliseconds-sequence</c>, or <c>milliseconds</c> alone for sequence 0.</summary>
    /// <exception cref="FormatException">The text is no stream position.</exception>
    public static MessagePosition Parse(string text) =>
        TryParse(text, out var position)
            ? position
            : throw new FormatException(
                $"'{text}' is no stream position; expected milliseconds-sequence, e.g. 1700000000000-0."
            );

    /// <summary>Parses as <see cref="Parse"/> does, without exceptions.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessagePosition position)
    {
        position = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? text.AsSpan() : text.AsSpan(0, dash);
        var second = dash < 0 ? "0" : text.AsSpan(dash + 1);
        if (
            !ulong.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || !ulong.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
        )
        {
            return false;
        }

        position = new MessagePosition(milliseconds, sequence);
        return true;
    }

    /// <summary>The later of two positions.</summary>
    public static MessagePosition Max(MessagePosition a, MessagePosition b) => a >= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(MessagePosition other)
    {
        var byTime = Milliseconds.CompareTo(other.Milliseconds);
        return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
    }

    /// <summary>Whether <paramref name="left"/> is before <paramref name="right"/>.</summary>
    public static bool operator <(MessagePosition left, MessagePosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is after <paramref name="right"/>.</summary>
    public static bool operator >(MessagePosition left, MessagePosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not after <paramref name="right"/>.</summary>
    public static bool operator <=(MessagePosition left, MessagePosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not before <paramref name="right"/>.</summary>
    public static bool operator >=(MessagePosition left, MessagePosition right) => left.CompareTo(right) >= 0;

    /// <summary>The form that Redis uses: <c>milliseconds-sequence</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Sequence}");
}
