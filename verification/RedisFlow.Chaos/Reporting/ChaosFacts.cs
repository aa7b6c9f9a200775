namespace RedisFlow.Chaos.Reporting;

/// <summary>What was done in a run, beside what the checker found.</summary>
/// <param name="Options">The command line.</param>
/// <param name="Server">The server's version.</param>
/// <param name="Schedule">The planned faults.</param>
/// <param name="Injected">The faults as they happened.</param>
/// <param name="Done">How many of each kind of fault were done.</param>
/// <param name="Published">When the last message was confirmed, from the start of publishing.</param>
/// <param name="Drained">When every group had consumed everything, from the start of publishing.</param>
/// <param name="WorkerProcesses">Worker processes started.</param>
/// <param name="DroppedBytes">Bytes of replies that the proxy dropped.</param>
/// <param name="LoadBefore">The machine's load before publishing.</param>
/// <param name="LoadAfter">The machine's load at the end.</param>
internal sealed record ChaosFacts(
    ChaosOptions Options,
    string Server,
    IReadOnlyList<string> Schedule,
    IReadOnlyList<string> Injected,
    IReadOnlyDictionary<string, int> Done,
    TimeSpan Published,
    TimeSpan Drained,
    int WorkerProcesses,
    long DroppedBytes,
    string LoadBefore,
    string LoadAfter
);
