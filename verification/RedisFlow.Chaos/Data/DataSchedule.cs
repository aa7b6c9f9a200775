using RedisFlow.Verification;

namespace RedisFlow.Chaos.Data;

/// <summary>When which fault comes.</summary>
internal static class DataSchedule
{
    /// <summary>Faults in the order of their times: every kind once, and again while there is time.</summary>
    public static IReadOnlyList<(TimeSpan At, DataFault Fault)> Create(int seed, TimeSpan duration)
    {
        var random = new Random(Seeds.Of(seed, 0));
        var kinds = Enum.GetValues<DataFault>();
        var rounds = (int)(duration / DataOptions.Shortest);
        var interval = duration / ((rounds * kinds.Length) + 1);
        return
        [
            .. Enumerable
                .Range(0, rounds)
                .SelectMany(_ =>
                {
                    var shuffled = kinds.ToArray();
                    random.Shuffle(shuffled);
                    return shuffled;
                })
                .Select((fault, i) => (interval * (i + 0.5 + (random.NextDouble() / 2)), fault)),
        ];
    }
}
