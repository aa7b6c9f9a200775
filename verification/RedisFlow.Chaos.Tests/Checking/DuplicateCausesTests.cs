using System.Diagnostics;
using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Checking;

/// <summary>One message, published at 0 ms, handled by x from 10 to 20 and again by y from 30 to 40.</summary>
public sealed class DuplicateCausesTests
{
    private const long Start = 1_700_000_000_000;

    [Theory]
    [InlineData(nameof(FaultKind.WorkerKill), 25, "a", "x", "worker killed before its acknowledgement")]
    [InlineData(nameof(FaultKind.WorkerKill), 25, "a", "y", "unknown")]
    [InlineData(nameof(FaultKind.WorkerStop), 15, "a", "x", "worker stopped beyond its lease")]
    [InlineData(nameof(FaultKind.WorkerStop), 15, "a", "y", "worker stopped beyond its lease")]
    [InlineData(nameof(FaultKind.GroupDestroy), 25, "a", null, "group destroyed and healed further back")]
    [InlineData(nameof(FaultKind.GroupDestroy), 5, "a", null, "group destroyed and healed further back")]
    [InlineData(nameof(FaultKind.GroupDestroy), 25, "b", null, "unknown")]
    [InlineData(nameof(FaultKind.RedisKill), 25, null, null, "Redis killed, acknowledgement lost or late")]
    [InlineData(nameof(FaultKind.ClientPause), 25, null, null, "connection cut or paused, acknowledgement late")]
    [InlineData(nameof(FaultKind.ScriptFlush), 25, null, null, "unknown")]
    public void The_fault_that_explains_a_duplicate_is_named(
        string kind,
        int at,
        string? group,
        string? process,
        string cause
    ) =>
        Assert.Equal(
            cause,
            CauseOf(new FaultEvent(Enum.Parse<FaultKind>(kind), Ticks(at), Ticks(at), group, process), again: 30)
        );

    [Fact]
    public void Without_a_fault_only_a_lease_that_passed_explains_a_duplicate() =>
        Assert.Equal("lease passed without a fault", CauseOf(new FaultEvent(FaultKind.ScriptFlush, 0, 0), again: 1200));

    private static string CauseOf(FaultEvent fault, int again)
    {
        var causes = new DuplicateCauses(
            "a",
            new History
            {
                Attempted = new Dictionary<MessageId, MessagePosition?>(),
                Handled = new Dictionary<string, IReadOnlyList<Handling>>(),
                Faults = [fault],
                Lease = TimeSpan.FromSeconds(1),
                Clock = new ClockAnchor(0, Start),
            }
        );
        return Assert.Single(causes.Count([Run("x", 10), Run("y", again)])).Key;
    }

    private static Handling Run(string process, int begin) =>
        new(
            process,
            new MessageId(0, 0, 1),
            new MessagePosition(Start, 0),
            new HandlingTime(Ticks(begin), Ticks(begin + 10)),
            1,
            Outcome.Handled
        );

    private static long Ticks(int milliseconds) => milliseconds * Stopwatch.Frequency / 1000;
}
