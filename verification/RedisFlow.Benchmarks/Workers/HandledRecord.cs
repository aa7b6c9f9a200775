using System.Diagnostics;
using System.Globalization;
using System.Text;
using RedisFlow.Streams;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>What a worker handled, and when.</summary>
internal sealed class HandledRecord(string path) : IDisposable
{
    private readonly LineFile _file = new(path);

    /// <summary>The message is handled.</summary>
    public void Handled(MessagePosition position)
    {
        // The clock of Stopwatch is the machine's, so processes may compare it.
        _file.Append(
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{position} {Stopwatch.GetTimestamp()}\n")
            )
        );
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
