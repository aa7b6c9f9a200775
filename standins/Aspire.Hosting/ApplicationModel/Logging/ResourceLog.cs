using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console log of one instance: its newest entries, and those who follow it.</summary>
internal sealed class ResourceLog(TimeProvider timeProvider, Action<bool> readersChanged)
{
    /// <summary>Older entries are forgotten.</summary>
    public const int MaxEntries = 10_000;

    /// <summary>The most lines handed to a reader at once.</summary>
    private const int MaxBatch = 1_000;

    /// <summary>The form in which the dashboard recognises a line's timestamp.</summary>
    private const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffffffK";

    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new();
    private readonly List<ChannelWriter<LogEntry>> _readers = [];
    private bool _isComplete;

    public bool HasReaders
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count > 0;
            }
        }
    }

    public void Add(string content, bool isError) => Add([new(timeProvider.GetUtcNow().UtcDateTime, content, isError)]);

    public void Add(IReadOnlyList<LogEntry> entries)
    {
        lock (_lock)
        {
            if (_isComplete)
            {
                return;
            }

            foreach (var entry in entries)
            {
                _entries.Enqueue(entry);
                _readers.ForEach(reader => reader.TryWrite(entry));
            }

            while (_entries.Count > MaxEntries)
            {
                _entries.Dequeue();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _readers.ForEach(reader => reader.TryComplete());
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(
        bool follow,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogEntry>(new() { SingleReader = true });
        Begin(channel.Writer, follow);
        try
        {
            var lineNumber = 0;
            var lines = new List<LogLine>();
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                while (lines.Count < MaxBatch && channel.Reader.TryRead(out var entry))
                {
                    lines.Add(new(++lineNumber, Format(entry), entry.IsError));
                }

                yield return lines;
                lines = [];
            }
        }
        finally
        {
            End(channel.Writer);
        }
    }

    private static string Format(LogEntry entry) => entry.Timestamp is { } timestamp
        ? $"{timestamp.ToString(TimestampFormat, CultureInfo.InvariantCulture)} {entry.Content}"
        : entry.Content;

    // What there is and what comes next are taken under one lock, so that no entry is missed and none comes twice.
    private void Begin(ChannelWriter<LogEntry> reader, bool follow)
    {
        bool isFirst;
        lock (_lock)
        {
            foreach (var entry in _entries)
            {
                reader.TryWrite(entry);
            }

            if (!follow || _isComplete)
            {
                reader.TryComplete();
                return;
            }

            _readers.Add(reader);
            isFirst = _readers.Count == 1;
        }

        if (isFirst)
        {
            readersChanged(true);
        }
    }

    private void End(ChannelWriter<LogEntry> reader)
    {
        bool wasLast;
        lock (_lock)
        {
            wasLast = _readers.Remove(reader) && _readers.Count == 0;
        }

        if (wasLast)
        {
            readersChanged(false);
        }
    }
}
