using System.Globalization;
using System.Text.Unicode;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Recording;

/// <summary>
/// What one process did, one line each, appended with one write per line and no buffer of its own: what a call returned
/// from is the kernel's, and survives SIGKILL. (It need not survive a power cut: the machine is not part of the
/// experiment.)
/// </summary>
internal sealed class RecordFile(string path) : IDisposable
{
    /// <summary>A message is about to be published.</summary>
    public const char AttemptedMark = 'A';

    /// <summary>Redis confirmed a message.</summary>
    public const char PublishedMark = 'P';

    private readonly FileStream _file = new(
        path,
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        }
    );

    private readonly byte[] _line = new byte[256];
    private readonly Lock _gate = new();

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
        lock (_gate)
        {
            Utf8.TryWrite(
                _line,
                CultureInfo.InvariantCulture,
                $"{mark} {id.Publisher} {id.Lane} {id.Sequence} {position.Milliseconds} {position.Sequence} "
                    + $"{time.Begin} {time.End} {deliveries}\n",
                out var length
            );
            _file.Write(_line, 0, length);
        }
    }
}
