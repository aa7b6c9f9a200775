using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;

namespace RedisFlow.Chaos.Checking;

/// <summary>
/// Checks what the engine promises within one worker: messages of one subject never run at the same time, they are
/// first handled in the stream's order, and one that failed holds back the later ones of its subject.
/// </summary>
internal sealed class OrderCheck(string group, History history)
{
    /// <summary>
    /// What was published up to so long after a fault may still have met it: connections that died are noticed by and
    /// by.
    /// </summary>
    private const int SettlingMilliseconds = 2000;

    /// <summary>
    /// How long after its lease at the earliest a message that was taken over can come without its delivery having been
    /// counted, when no fault cut the reply off: the client abandons no command sooner than after 5 s. The rest is for
    /// the imprecision of two clocks.
    /// </summary>
    private const int UncountedMilliseconds = 3000;

    private readonly OrderVerdict _verdict = new();
    private readonly double _safeMilliseconds = history.Lease.TotalMilliseconds + UncountedMilliseconds;

    private readonly List<FaultEvent> _faults =
    [
        .. history.Faults.Where(fault =>
            fault.Kind is not (FaultKind.WorkerKill or FaultKind.ScriptFlush) && (fault.Group ?? group) == group
        ),
    ];

    /// <summary>Checks all processes of the group.</summary>
    public OrderVerdict Run(IReadOnlyList<Handling> handlings)
    {
        var failed = handlings
            .Where(handling => handling.Outcome == Outcome.Failed)
            .Select(handling => handling.Id)
            .ToHashSet();
        var attempts = handlings
            .Where(handling => failed.Contains(handling.Id))
            .GroupBy(handling => handling.Id)
            .ToDictionary(message => message.Key, message => message.OrderBy(handling => handling.Time.Begin).ToList());
        foreach (var lane in handlings.GroupBy(handling => (handling.Process, handling.Id.Publisher, handling.Id.Lane)))
        {
            var runs = lane.OrderBy(handling => handling.Time.Begin).ToList();
            CheckOverlap(runs);
            CheckFirstDeliveries(runs);
            CheckFailures(runs, attempts);
        }

        return _verdict;
    }

    /// <summary>
    /// Sound without any excuse: whatever came again and why, one worker runs one message of a subject at a time.
    /// </summary>
    private void CheckOverlap(List<Handling> runs)
    {
        var longest = runs[0];
        foreach (var run in runs.Skip(1))
        {
            _verdict.Compared++;
            if (run.Time.Begin < longest.Time.End)
            {
                _verdict.Overlapping.Add($"{longest.Id} and {run.Id} at {run.Process}");
            }

            longest = run.Time.End > longest.Time.End ? run : longest;
        }
    }

    private void CheckFirstDeliveries(List<Handling> runs)
    {
        var seen = new HashSet<MessageId>();
        Handling? latest = null;
        foreach (var run in runs)
        {
            if (!seen.Add(run.Id) || run.Deliveries != 1)
            {
                continue;
            }

            if (latest is { } before)
            {
                var isExcused = MayHaveComeAgain(run);
                _verdict.Judged += isExcused ? 0 : 1;
                if (run.Position < before.Position)
                {
                    if (isExcused)
                    {
                        _verdict.ExcusedOutOfOrder++;
                    }
                    else
                    {
                        _verdict.OutOfOrder.Add($"{run.Id} after {before.Id} at {run.Process}");
                    }
                }
            }

            latest = latest is { } last && last.Position > run.Position ? last : run;
        }
    }

    /// <summary>
    /// A takeover is counted as a delivery, unless its reply was lost; without a fault that takes longer than the lease
    /// and a command's time limit together. Beyond that only a fault that set the group back, or cut a reply off, can
    /// have brought a message late with a delivery count of 1; and only if it was in the stream by then.
    /// </summary>
    private bool MayHaveComeAgain(Handling run) =>
        history.Clock.ToUnixMilliseconds(run.Time.Begin) - (long)run.Position.Milliseconds >= _safeMilliseconds
        || MetFault(run, run.Time.Begin);

    /// <summary>
    /// Whether a fault met the message at its process until then. One that was in hand when its group vanished meets it
    /// later.
    /// </summary>
    private bool MetFault(Handling run, long until) =>
        _faults.Exists(fault =>
            fault.Touches(group, run.Process)
            && fault.Begin <= until
            && (long)run.Position.Milliseconds <= history.Clock.ToUnixMilliseconds(fault.End) + SettlingMilliseconds
        );

    /// <summary>
    /// Judges a failure only if the next run of its message, of all in the group, is in the same process with a
    /// delivery count that rose by at most one: then no process took it over in between, and the process knew that it
    /// had to come.
    /// </summary>
    private void CheckFailures(List<Handling> runs, Dictionary<MessageId, List<Handling>> attempts)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            var failed = runs[i];
            if (failed.Outcome != Outcome.Failed)
            {
                continue;
            }

            var next = attempts[failed.Id].Find(attempt => attempt.Time.Begin > failed.Time.Begin);
            if (
                next.Process != failed.Process
                || next.Deliveries > failed.Deliveries + 1
                || MetFault(failed, next.Time.Begin)
            )
            {
                continue;
            }

            _verdict.FailuresJudged++;
            for (var j = i + 1; j < runs.Count && runs[j].Time.Begin < next.Time.Begin; j++)
            {
                if (runs[j].Position > failed.Position)
                {
                    _verdict.Overtaken.Add($"{failed.Id} by {runs[j].Id} at {failed.Process}");
                    break;
                }
            }
        }
    }
}
