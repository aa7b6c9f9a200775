using System.Globalization;
using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Processes;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Recording;

/// <summary>The files of a run: <c>records/</c> and <c>logs/</c> beside the report.</summary>
internal static class RunFiles
{
    /// <summary>Empties the run's directory.</summary>
    public static void Prepare(string output)
    {
        foreach (var part in new[] { Records(output), Logs(output) })
        {
            if (Directory.Exists(part))
            {
                Directory.Delete(part, recursive: true);
            }

            Directory.CreateDirectory(part);
        }
    }

    /// <summary>What a publisher records.</summary>
    public static string Published(string output, int publisher) =>
        Path.Combine(Records(output), string.Create(CultureInfo.InvariantCulture, $"publisher-{publisher}.txt"));

    /// <summary>What a worker process records.</summary>
    public static string Handled(string output, string group, string process) =>
        Path.Combine(Records(output), $"worker~{group}~{process}.txt");

    /// <summary>The receipts that a writer got.</summary>
    public static string Receipts(string output, string process) =>
        Path.Combine(Records(output), $"receipts~{process}.txt");

    /// <summary>Reads all receipts: the position by message id. A line that a kill cut off has no end.</summary>
    public static IReadOnlyDictionary<string, MessagePosition> ReadReceipts(string output) =>
        Directory
            .EnumerateFiles(Records(output), "receipts~*.txt")
            .Select(File.ReadAllText)
            .SelectMany(text => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => MessagePosition.Parse(parts[1]));

    /// <summary>What a process says.</summary>
    public static string Log(string output, string process) => Path.Combine(Logs(output), process + ".log");

    /// <summary>Reads everything that was recorded.</summary>
    public static History Read(string output)
    {
        var attempted = new Dictionary<MessageId, MessagePosition?>();
        foreach (var path in Directory.EnumerateFiles(Records(output), "publisher-*.txt"))
        {
            foreach (var record in RecordReader.Read(path))
            {
                attempted[record.Id] = record.Mark == RecordFile.PublishedMark ? record.Position : null;
            }
        }

        var handled = Roles.Groups.ToDictionary(group => group, _ => new List<Handling>());
        foreach (var path in Directory.EnumerateFiles(Records(output), "worker~*.txt"))
        {
            var parts = Path.GetFileNameWithoutExtension(path).Split('~');
            handled[parts[1]]
                .AddRange(
                    RecordReader
                        .Read(path)
                        .Select(line => new Handling(
                            parts[2],
                            line.Id,
                            line.Position,
                            line.Time,
                            line.Deliveries,
                            (Outcome)line.Mark
                        ))
                );
        }

        return new History
        {
            Attempted = attempted,
            Handled = handled.ToDictionary(group => group.Key, group => (IReadOnlyList<Handling>)group.Value),
        };
    }

    private static string Records(string output) => Path.Combine(output, "records");

    private static string Logs(string output) => Path.Combine(output, "logs");
}
