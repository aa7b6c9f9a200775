using System.Diagnostics;
using System.Globalization;
using System.Text;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>
/// What a worker handled, and when. Each line is one write to a file, which survives a SIGKILL of the worker.
/// </summary>
internal sealed class HandledRecord(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _gate = new();

    /// <summary>The message is handled.</summary>
    public void Handled(MessagePosition position)
    {
        // The clock of Stopwatch is the machine's, so processes may compare it.
        var line = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{position} {Stopwatch.GetTimestamp()}\n")
        );
        lock (_gate)
        {
            _file.Write(line);
        }
    }

    /// <summary>Reads what a worker has written so far: positions and timestamps of <see cref="Stopwatch"/>.</summary>
    public static IReadOnlyList<(MessagePosition Position, long At)> Read(string path)
    {
        using var file = new StreamReader(
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite)
        );
        var text = file.ReadToEnd();

        // The last line may be half written.
        var complete = text[..(text.LastIndexOf('\n') + 1)];
        return
        [
            .. complete
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .Select(parts => (MessagePosition.Parse(parts[0]), long.Parse(parts[1], CultureInfo.InvariantCulture))),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
