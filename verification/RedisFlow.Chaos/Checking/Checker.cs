using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Checking;

/// <summary>
/// Judges a history in the manner of Jepsen's checkers for queues and sets: an operation succeeded, or its outcome is
/// unknown; what succeeded must be seen by every group, and what is seen must have been attempted.
/// </summary>
internal static class Checker
{
    /// <summary>
    /// How long Redis puts off a write of the append-only file while an fsync runs (<c>flushAppendOnlyFile</c>).
    /// </summary>
    private const ulong PutOffMilliseconds = 2000;

    /// <summary>Judges the history.</summary>
    public static Verdict Check(History history)
    {
        var published = history.Attempted.Count(message => message.Value is not null);
        var lostByRedis = history.Absent.Where(id => IsLostByRedis(history, id)).ToHashSet();
        var groups = history
            .Handled.OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Check(group.Key, group.Value, history, lostByRedis))
            .ToList();
        var problems = new List<string>(history.Incidents);
        foreach (var group in groups)
        {
            Add(problems, group.Lost, $"{group.Group} lost");
            Add(problems, group.Unexpected, $"{group.Group} handled what was not published:");
            Add(
                problems,
                group.Order.Overlapping,
                $"{group.Group} ran messages of one subject at the same time in one worker:"
            );
            Add(
                problems,
                group.Order.OutOfOrder,
                $"{group.Group} handled messages of one subject out of order in one worker:"
            );
            Add(problems, group.Order.Overtaken, $"{group.Group} let failed messages be overtaken in their worker:");
        }

        if (history.DeadLetters > 0)
        {
            problems.Add($"{history.DeadLetters} dead letters, though no handler fails more than twice.");
        }

        Add(problems, PublishedOutOfOrder(history.Attempted), "The stream contradicts the order of publishing:");
        if (published == 0 || groups.Count == 0)
        {
            problems.Add("Nothing was published, or no group consumed: the run proves nothing.");
        }

        return new Verdict
        {
            Attempted = history.Attempted.Count,
            Published = published,
            Groups = groups,
            DeadLetters = history.DeadLetters,
            LostByRedis = lostByRedis.Count,
            Problems = problems,
        };
    }

    private static GroupVerdict Check(
        string group,
        IReadOnlyList<Handling> handlings,
        History history,
        HashSet<MessageId> lostByRedis
    )
    {
        var attempted = history.Attempted;
        var returned = handlings
            .Where(handling => handling.Outcome == Outcome.Handled)
            .OrderBy(handling => handling.Time.End)
            .ToList();
        var handled = returned.Select(handling => handling.Id).ToHashSet();
        var unexpected = handlings
            .Where(handling =>
                !attempted.TryGetValue(handling.Id, out var confirmed)
                || (confirmed is not null && confirmed != handling.Position)
            )
            .Select(handling => handling.Id)
            .ToHashSet();
        var lost = attempted
            .Where(message =>
                message.Value is not null && !handled.Contains(message.Key) && !lostByRedis.Contains(message.Key)
            )
            .Select(message => message.Key)
            .ToList();
        return new GroupVerdict
        {
            Group = group,
            Handled = handled.Count,
            Duplicates = returned.Count - handled.Count,
            DuplicatesByCause = new DuplicateCauses(group, history).Count(returned),
            Recovered = handled.Count(id => attempted.TryGetValue(id, out var confirmed) && confirmed is null),
            Lost = lost,
            LostByPublisher = LossPlaces.Locate(lost, handled, attempted),
            Unexpected = [.. unexpected],
            Order = new OrderCheck(group, history).Run(handlings),
            OutOfOrderInGroup = CountOutOfOrder(returned),
        };
    }

    private static int CountOutOfOrder(List<Handling> returned)
    {
        var (count, seen) = (0, new HashSet<MessageId>());
        var latest = new Dictionary<(int, int), MessagePosition>();
        foreach (var handling in returned.Where(handling => seen.Add(handling.Id)))
        {
            var subject = (handling.Id.Publisher, handling.Id.Lane);
            if (latest.TryGetValue(subject, out var before) && handling.Position < before)
            {
                count++;
            }
            else
            {
                latest[subject] = handling.Position;
            }
        }

        return count;
    }

    /// <summary>
    /// A lane awaits each confirmation before its next message; so what was confirmed must be in the stream in the
    /// lane's order.
    /// </summary>
    private static List<MessageId> PublishedOutOfOrder(IReadOnlyDictionary<MessageId, MessagePosition?> attempted)
    {
        var wrong = new List<MessageId>();
        foreach (
            var lane in attempted
                .Where(message => message.Value is not null)
                .GroupBy(message => (message.Key.Publisher, message.Key.Lane))
        )
        {
            var before = MessagePosition.Beginning;
            foreach (var (id, position) in lane.OrderBy(message => message.Key.Sequence))
            {
                if (position!.Value <= before)
                {
                    wrong.Add(id);
                }

                before = position.Value;
            }
        }

        return wrong;
    }

    private static bool IsLostByRedis(History history, MessageId id) =>
        !history.IsAlwaysSynced
        && history.Attempted.GetValueOrDefault(id) is { } position
        && history
            .Faults.Where(fault => fault.Kind == FaultKind.RedisKill)
            .Any(kill => IsPutOff(position, history.Clock.ToUnixMilliseconds(kill.Begin)));

    private static bool IsPutOff(MessagePosition position, long killed) =>
        position.Milliseconds <= (ulong)killed && (ulong)killed - position.Milliseconds <= PutOffMilliseconds;

    private static void Add<T>(List<string> problems, IReadOnlyList<T> messages, string what)
    {
        if (messages.Count > 0)
        {
            problems.Add(
                $"{what} {messages.Count}: {string.Join(", ", messages.Take(5))}{(messages.Count > 5 ? ", …" : "")}"
            );
        }
    }
}
