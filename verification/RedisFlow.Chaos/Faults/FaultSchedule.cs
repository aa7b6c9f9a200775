namespace RedisFlow.Chaos.Faults;

/// <summary>
/// The faults of a run, drawn from a seed: the same seed gives the same schedule. Each cycle of about a minute has
/// every kind of fault once, in three storms in which faults overlap, each followed by calm in which the system must
/// recover.
/// </summary>
internal static class FaultSchedule
{
    private const int StormsPerCycle = 3;

    /// <summary>The part of a storm's time in which its faults begin.</summary>
    private const double Onset = 0.3;

    private static readonly TimeSpan Cycle = TimeSpan.FromMinutes(1);
    private static readonly int[][] StormSizes =
    [
        [2, 3, 3],
        [1, 3, 4],
        [2, 2, 4],
    ];

    /// <summary>
    /// The shortest run for a lease: each storm's longest fault (a stop of two leases, or 2 s) leaves a fifth of its
    /// time calm.
    /// </summary>
    public static TimeSpan ShortestDuration(TimeSpan lease) => StormsPerCycle * 2 * Longest(lease);

    /// <summary>Draws a schedule.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="duration">The run's length; at least <see cref="ShortestDuration"/>.</param>
    /// <param name="lease">The workers' lease, which stops must exceed.</param>
    /// <param name="groups">How many groups there are.</param>
    /// <param name="workers">How many workers each group has.</param>
    /// <returns>The faults in the order of their beginning.</returns>
    public static IReadOnlyList<Fault> Create(int seed, TimeSpan duration, TimeSpan lease, int groups, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, ShortestDuration(lease));
        var random = new Random(seed);
        var cycles = Math.Max(1, (int)Math.Round(duration / Cycle));
        var storm = duration / (cycles * StormsPerCycle);
        var faults = new List<Fault>();
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var kinds = new Queue<FaultKind>(Shuffled(random, Enum.GetValues<FaultKind>()));
            var sizes = Shuffled(random, StormSizes[random.Next(StormSizes.Length)]);
            for (var i = 0; i < StormsPerCycle; i++)
            {
                var begin = storm * ((cycle * StormsPerCycle) + i);
                for (var left = sizes[i]; left > 0; left--)
                {
                    var kind = kinds.Dequeue();
                    faults.Add(
                        new Fault(
                            begin + (storm * Onset * random.NextDouble()),
                            kind,
                            Length(random, kind, lease),
                            random.Next(groups),
                            random.Next(workers),
                            random.Next(2) == 0
                        )
                    );
                }
            }
        }

        return [.. faults.OrderBy(fault => fault.At)];
    }

    /// <summary>
    /// Draws kills of workers, spread over a run: the groups in turn, a worker of each at random, which keeps its id.
    /// </summary>
    public static IReadOnlyList<Fault> CreateKills(int seed, int kills, TimeSpan duration, int groups, int workers)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, kills)
                .Select(kill => new Fault(
                    duration * ((kill + random.NextDouble()) / kills),
                    FaultKind.WorkerKill,
                    TimeSpan.Zero,
                    kill % groups,
                    random.Next(workers),
                    NewInstance: false
                )
                {
                    WhileBusy = true,
                }),
        ];
    }

    private static TimeSpan Length(Random random, FaultKind kind, TimeSpan lease)
    {
        var (shortest, longest) = kind switch
        {
            FaultKind.WorkerKill => (TimeSpan.Zero, TimeSpan.FromSeconds(1)),
            FaultKind.WorkerStop => (lease * 1.25, lease * 2),
            FaultKind.RedisKill => (TimeSpan.Zero, TimeSpan.FromSeconds(1)),
            FaultKind.ClientPause => (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5)),
            FaultKind.DropReplies => (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
            _ => (TimeSpan.Zero, TimeSpan.Zero),
        };
        return shortest + ((longest - shortest) * random.NextDouble());
    }

    private static TimeSpan Longest(TimeSpan lease) =>
        lease * 2 > TimeSpan.FromSeconds(2) ? lease * 2 : TimeSpan.FromSeconds(2);

    private static T[] Shuffled<T>(Random random, T[] items)
    {
        var copy = items.ToArray();
        random.Shuffle(copy);
        return copy;
    }
}
