using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Checking;

/// <summary>
/// Judges a history in the manner of Jepsen's checkers for queues and sets: an operation succeeded, or its outcome is unknown; what
/// succeeded must be seen by every group, and what is seen must have been attempted.
/// </summary>
internal static class Checker
{
    /// <summary>How long Redis puts off a write of the append-only file while an fsync runs (<c>flushAppendOnlyFile</c>).</summary>
    private const ulong PutOffMilliseconds = 2000;

    /// <summary>Judges the history.</summary>
    public static Verdict Check(History history)
    {
        var published = history.Attempted.Count(message => message.Value is not null);
        var lostByRedis = history.Absent.Where(id => IsLostByRedis(history, id)).ToHashSet();
        var groups = history.Handled
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Check(group.Key, group.Value, history.Attempted, lostByRedis))
            .ToList();
        var problems = new List<string>(history.Incidents);
        foreach (var group in groups)
        {
            Add(problems, group.Lost, $"{group.Group} lost");
            Add(problems, group.Unexpected, $"{group.Group} handled what nobody published:");
        }

        if (history.DeadLetters > 0)
        {
            problems.Add($"{history.DeadLetters} dead letters, though no handler fails.");
        }

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
        IReadOnlyDictionary<MessageId, StreamPosition?> attempted,
        HashSet<MessageId> lostByRedis)
    {
        var handled = new HashSet<MessageId>();
        var unexpected = new HashSet<MessageId>();
        var order = new OrderCount();
        foreach (var handling in handlings.OrderBy(handling => handling.Timestamp))
        {
            if (!attempted.TryGetValue(handling.Id, out var confirmed) || (confirmed is not null && confirmed != handling.Position))
            {
                unexpected.Add(handling.Id);
            }

            order.Add(handling, isFirst: handled.Add(handling.Id));
        }

        var lost = attempted
            .Where(message => message.Value is not null && !handled.Contains(message.Key) && !lostByRedis.Contains(message.Key))
            .Select(message => message.Key)
            .ToList();
        return new GroupVerdict
        {
            Group = group,
            Handled = handled.Count,
            Duplicates = handlings.Count - handled.Count,
            Recovered = handled.Count(id => attempted.TryGetValue(id, out var confirmed) && confirmed is null),
            Lost = lost,
            LostByPublisher = Locate(lost, handled, attempted),
            Unexpected = [.. unexpected],
            OutOfOrder = order.InGroup,
            OutOfOrderWithinWorker = order.WithinWorker,
        };
    }

    private static bool IsLostByRedis(History history, MessageId id) =>
        history.Attempted.GetValueOrDefault(id) is { } position
        && history.RedisKills.Any(kill => position.Milliseconds <= (ulong)kill && (ulong)kill - position.Milliseconds <= PutOffMilliseconds);

    /// <summary>A lost prefix smells of a group that began too late, a tail of a worker that ended too early, a middle of everything else.</summary>
    private static List<PublisherLoss> Locate(
        List<MessageId> lost, HashSet<MessageId> handled, IReadOnlyDictionary<MessageId, StreamPosition?> attempted)
    {
        var losses = new List<PublisherLoss>();
        foreach (var publisher in lost.GroupBy(id => id.Publisher).OrderBy(publisher => publisher.Key))
        {
            var seen = attempted
                .Where(message => message.Key.Publisher == publisher.Key && message.Value is not null && handled.Contains(message.Key))
                .Select(message => message.Value!.Value)
                .DefaultIfEmpty(StreamPosition.Beginning)
                .ToList();
            var (first, last) = (seen.Min(), seen.Max());
            var positions = publisher.Select(id => attempted[id]!.Value).ToList();
            var tail = positions.Count(position => position > last);
            var prefix = positions.Count(position => position < first);
            losses.Add(new PublisherLoss(publisher.Key, prefix, positions.Count - prefix - tail, tail));
        }

        return losses;
    }

    private static void Add(List<string> problems, IReadOnlyList<MessageId> messages, string what)
    {
        if (messages.Count > 0)
        {
            problems.Add($"{what} {messages.Count}: {string.Join(", ", messages.Take(5))}{(messages.Count > 5 ? ", …" : "")}");
        }
    }

    /// <summary>
    /// Compares the order of handling with the stream's, per subject. Not with the publisher's: a message of unknown outcome may enter the
    /// stream after its successor.
    /// </summary>
    private sealed class OrderCount
    {
        private readonly Dictionary<(int, int), StreamPosition> _group = [];
        private readonly Dictionary<(string, int, int), StreamPosition> _workers = [];

        public int InGroup { get; private set; }

        public int WithinWorker { get; private set; }

        public void Add(Handling handling, bool isFirst)
        {
            if (!isFirst)
            {
                return;
            }

            InGroup += IsBehind(_group, (handling.Id.Publisher, handling.Id.Lane), handling.Position) ? 1 : 0;
            WithinWorker += IsBehind(_workers, (handling.Process, handling.Id.Publisher, handling.Id.Lane), handling.Position) ? 1 : 0;
        }

        private static bool IsBehind<TKey>(Dictionary<TKey, StreamPosition> latest, TKey key, StreamPosition position)
            where TKey : notnull
        {
            if (latest.TryGetValue(key, out var before) && position < before)
            {
                return true;
            }

            latest[key] = position;
            return false;
        }
    }
}
