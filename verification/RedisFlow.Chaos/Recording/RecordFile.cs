using System.Globalization;
using System.Text.Unicode;
using RedisFlow.Streams;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Recording;

/// <summary>What one process did, one line each.</summary>
internal sealed class RecordFile(string path) : IDisposable
{
    /// <summary>A message is about to be published.</summary>
    public const char AttemptedMark = 'A';

    /// <summary>Redis confirmed a message.</summary>
    public const char PublishedMark = 'P';

    private readonly LineFile _file = new(path);

    /// <summary>Writes that the message is about to be published.</summary>
    public void Attempted(MessageId id) => Append(AttemptedMark, id, default, default, 0);

    /// <summary>Writes that Redis confirmed the message. An attempt without this line has an unknown outcome.</summary>
    public void Published(MessageId id, MessagePosition position) => Append(PublishedMark, id, position, default, 0);

    /// <summary>Writes that a handler is done with the message, and how.</summary>
    public void Handled(Outcome outcome, MessageId id, MessagePosition position, HandlingTime time, long deliveries) =>
        Append((char)outcome, id, position, time, deliveries);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Append(char mark, MessageId id, MessagePosition position, HandlingTime time, long deliveries)
    {
        Span<byte> line = stackalloc byte[256];
        Utf8.TryWrite(
            line,
            CultureInfo.InvariantCulture,
            $"{mark} {id.Publisher} {id.Lane} {id.Sequence} {position.Milliseconds} {position.Sequence} "
                + $"{time.Begin} {time.End} {deliveries}\n",
            out var length
        );
        _file.Append(line[..length]);
    }
}
