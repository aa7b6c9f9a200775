using System.Buffers.Text;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Recording;

/// <summary>One line of a <see cref="RecordFile"/>.</summary>
internal readonly record struct RecordedLine(
    char Mark,
    MessageId Id,
    MessagePosition Position,
    HandlingTime Time,
    long Deliveries
);

/// <summary>Reads what processes recorded.</summary>
internal static class RecordReader
{
    /// <summary>
    /// Reads a file. A last line without its end is left out: its process was killed before the write returned.
    /// </summary>
    /// <exception cref="FormatException">A complete line is not of this format.</exception>
    public static IEnumerable<RecordedLine> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var begin = 0;
        while (begin < bytes.Length)
        {
            var length = bytes.AsSpan(begin).IndexOf((byte)'\n');
            if (length < 0)
            {
                yield break;
            }

            yield return Parse(bytes.AsSpan(begin, length), path);
            begin += length + 1;
        }
    }

    private static RecordedLine Parse(ReadOnlySpan<byte> line, string path)
    {
        Span<ulong> numbers = stackalloc ulong[8];
        var rest = line.Length > 2 ? line[2..] : throw Unreadable(path);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!Utf8Parser.TryParse(rest, out numbers[i], out var used))
            {
                throw Unreadable(path);
            }

            rest = rest[Math.Min(used + 1, rest.Length)..];
        }

        return new RecordedLine(
            (char)line[0],
            new MessageId(checked((int)numbers[0]), checked((int)numbers[1]), checked((int)numbers[2])),
            new MessagePosition(numbers[3], numbers[4]),
            new HandlingTime(checked((long)numbers[5]), checked((long)numbers[6])),
            checked((long)numbers[7])
        );
    }

    private static FormatException Unreadable(string path) => new($"{path} has a line that is no record.");
}
