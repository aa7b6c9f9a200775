using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Checking;

/// <summary>Tells where in the order of its publisher a lost message is.</summary>
internal static class LossPlaces
{
    /// <summary>
    /// A lost prefix smells of a group that began too late, a tail of a worker that ended too early, a middle of
    /// everything else.
    /// </summary>
    public static List<PublisherLoss> Locate(
        List<MessageId> lost,
        HashSet<MessageId> handled,
        IReadOnlyDictionary<MessageId, MessagePosition?> attempted
    )
    {
        var losses = new List<PublisherLoss>();
        foreach (var publisher in lost.GroupBy(id => id.Publisher).OrderBy(publisher => publisher.Key))
        {
            var seen = attempted
                .Where(message =>
                    message.Key.Publisher == publisher.Key && message.Value is not null && handled.Contains(message.Key)
                )
                .Select(message => message.Value!.Value)
                .DefaultIfEmpty(MessagePosition.Beginning)
                .ToList();
            var (first, last) = (seen.Min(), seen.Max());
            var positions = publisher.Select(id => attempted[id]!.Value).ToList();
            var tail = positions.Count(position => position > last);
            var prefix = positions.Count(position => position < first);
            losses.Add(new PublisherLoss(publisher.Key, prefix, positions.Count - prefix - tail, tail));
        }

        return losses;
    }
}
