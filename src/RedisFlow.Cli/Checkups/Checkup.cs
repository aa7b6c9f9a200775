using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Checkups;

/// <summary>All checks: reads everything once, then judges it. Nothing is changed.</summary>
internal static class Checkup
{
    /// <summary>The checks, in the order of their findings. Each has at least one finding.</summary>
    public static IReadOnlyList<Func<Examination, IEnumerable<Finding>>> Checks { get; } =
    [
        VersionCheck.Run,
        PersistenceCheck.Run,
        MemoryCheck.Run,
        RoleCheck.Run,
        ClockCheck.Run,
        GroupCheck.Run,
        ConsumerCheck.Run,
        DeadLetterCheck.Run,
        ParkedCheck.Run,
    ];

    /// <param name="session">What to examine.</param>
    /// <param name="expected">The groups that a stream must have.</param>
    /// <param name="limits">From when on something is too much.</param>
    /// <param name="stop">Ends the work.</param>
    public static async Task<DoctorReport> RunAsync(
        StreamSession session,
        Func<StreamAccess, IReadOnlyList<string>> expected,
        Limits limits,
        CancellationToken stop
    )
    {
        var examination = await ExamineAsync(session, expected, limits, stop);
        Finding[] findings = [.. Checks.SelectMany(check => check(examination))];
        return new DoctorReport(
            findings.All(finding => finding.Status != FindingStatus.Fail),
            session.Target.Servers,
            findings
        );
    }

    private static async Task<Examination> ExamineAsync(
        StreamSession session,
        Func<StreamAccess, IReadOnlyList<string>> expected,
        Limits limits,
        CancellationToken stop
    )
    {
        var owner = await session.OwnerAsync(session.Stream, stop);
        var facts = await ServerFacts.ReadAsync(owner, stop);
        var streams = new List<ExaminedStream>();
        if (facts.IsReplica)
        {
            // The engine asks masters only.
            return new Examination(facts, [], null, streams, limits);
        }

        var server = await ServerAsync(session.Stream.Monitor, stop);
        if (server?.IsSupported ?? true)
        {
            foreach (var stream in session.Streams)
            {
                var where = await session.OwnerAsync(stream, stop);
                streams.Add(
                    new ExaminedStream(
                        await stream.Monitor.GetSnapshotAsync(stop),
                        expected(stream),
                        stream.Options,
                        where.EndPoint.ToString() ?? ""
                    )
                );
            }
        }

        var others = new List<ServerFacts>();
        foreach (var master in session.OtherMasters(owner))
        {
            others.Add(await ServerFacts.ReadAsync(master, stop));
        }

        return new Examination(facts, others, server, streams, limits);
    }

    private static async Task<StreamServer?> ServerAsync(IStreamMonitor monitor, CancellationToken stop)
    {
        try
        {
            return await monitor.GetServerAsync(stop);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
