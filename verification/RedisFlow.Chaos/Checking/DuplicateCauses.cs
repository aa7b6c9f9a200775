using System.Diagnostics;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;

namespace RedisFlow.Chaos.Checking;

/// <summary>
/// Says for each handling beyond the first of a message which fault explains it, as far as the record tells.
/// </summary>
internal sealed class DuplicateCauses(string group, History history)
{
    /// <summary>What Redis may lose in a kill: what was handled and acknowledged so long before comes again.</summary>
    private static readonly long PutOff = 2 * Stopwatch.Frequency;

    private const string Destroyed = "group destroyed and healed further back";

    private readonly List<FaultEvent> _faults = [.. history.Faults.Where(fault => (fault.Group ?? group) == group)];

    /// <summary>Counts the duplicates of the group by cause.</summary>
    /// <param name="handlings">The group's handlings that returned, in the order of time.</param>
    public SortedDictionary<string, int> Count(IEnumerable<Handling> handlings)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var before = new Dictionary<MessageId, Handling>();
        foreach (var handling in handlings)
        {
            if (before.TryGetValue(handling.Id, out var former))
            {
                var cause = CauseOf(former, handling);
                counts[cause] = counts.GetValueOrDefault(cause) + 1;
            }

            before[handling.Id] = handling;
        }

        return counts;
    }

    private string CauseOf(Handling former, Handling again)
    {
        var (from, to) = (former.Time.Begin, again.Time.End);
        if (Happened(FaultKind.WorkerKill, from, to, former.Process))
        {
            return "worker killed before its acknowledgement";
        }

        if (Happened(FaultKind.GroupDestroy, from, to))
        {
            return Destroyed;
        }

        if (Happened(FaultKind.RedisKill, from - PutOff, to))
        {
            return "Redis killed, acknowledgement lost or late";
        }

        if (
            Happened(FaultKind.WorkerStop, from, to, former.Process)
            || Happened(FaultKind.WorkerStop, from, to, again.Process)
        )
        {
            return "worker stopped beyond its lease";
        }

        if (
            Happened(FaultKind.ClientKill, from, to)
            || Happened(FaultKind.DropReplies, from, to)
            || Happened(FaultKind.ClientPause, from, to)
        )
        {
            return "connection cut or paused, acknowledgement late";
        }

        // What its former owner still had in hand when the group vanished is handled by it, and delivered again all the
        // same.
        if (
            _faults.Exists(fault =>
                fault.Kind == FaultKind.GroupDestroy
                && fault.Begin <= to
                && history.Clock.ToUnixMilliseconds(fault.End) >= (long)again.Position.Milliseconds
            )
        )
        {
            return Destroyed;
        }

        return former.Process != again.Process && Stopwatch.GetElapsedTime(from, to) >= history.Lease
            ? "lease passed without a fault"
            : "unknown";
    }

    private bool Happened(FaultKind kind, long from, long to, string? process = null) =>
        _faults.Exists(fault =>
            fault.Kind == kind
            && fault.Begin <= to
            && fault.End >= from
            && (process is null || fault.Process == process)
        );
}
