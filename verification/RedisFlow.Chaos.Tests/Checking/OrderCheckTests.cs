using System.Diagnostics;
using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Checking;

/// <summary>Times are milliseconds from <see cref="Start"/>, by both clocks; message n is published at n.</summary>
public sealed class OrderCheckTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void Messages_of_one_subject_one_after_the_other_in_the_streams_order_are_in_order()
    {
        var order = Check(Run(1, 10, 12), Run(2, 12, 15), Run(3, 16, 17), Run(1, 5, 18, lane: 1));

        Assert.Equal((2, 2), (order.Compared, order.Judged));
        Assert.Empty(order.Overlapping.Concat(order.OutOfOrder).Concat(order.Overtaken));
    }

    [Fact]
    public void Messages_of_one_subject_at_the_same_time_in_one_worker_are_found_also_beneath_a_longer_one()
    {
        Assert.Equal(
            ["p0/0#1 and p0/0#2 at x", "p0/0#1 and p0/0#3 at x"],
            Check(Run(1, 10, 20), Run(2, 11, 12), Run(3, 13, 14)).Overlapping
        );
        Assert.Empty(Check(Run(1, 10, 20), Run(2, 11, 12, process: "y")).Overlapping);
    }

    [Fact]
    public void No_fault_excuses_messages_of_one_subject_at_the_same_time_in_one_worker() =>
        Assert.Single(
            Check(
                [Fault(FaultKind.RedisKill, 0, 100), Fault(FaultKind.GroupDestroy, 0, 100)],
                Run(1, 10, 20),
                Run(1, 15, 16)
            ).Overlapping
        );

    [Fact]
    public void A_first_delivery_behind_a_later_message_of_its_subject_is_out_of_order()
    {
        var order = Check(Run(1, 10, 11), Run(3, 12, 13), Run(2, 14, 15), Run(4, 16, 17));

        Assert.Equal(["p0/0#2 after p0/0#3 at x"], order.OutOfOrder);
        Assert.Equal(3, order.Judged);
    }

    [Fact]
    public void What_came_again_is_not_compared() =>
        Assert.Empty(Check(Run(1, 10, 11), Run(3, 12, 13), Run(2, 14, 15, deliveries: 2), Run(1, 16, 17)).OutOfOrder);

    [Theory]
    [InlineData(nameof(FaultKind.GroupDestroy), "a", null, true)]
    [InlineData(nameof(FaultKind.GroupDestroy), "b", null, false)]
    [InlineData(nameof(FaultKind.RedisKill), null, null, true)]
    [InlineData(nameof(FaultKind.ClientKill), null, null, true)]
    [InlineData(nameof(FaultKind.DropReplies), "a", null, true)]
    [InlineData(nameof(FaultKind.WorkerStop), "a", "x", true)]
    [InlineData(nameof(FaultKind.WorkerStop), "a", "y", false)]
    [InlineData(nameof(FaultKind.WorkerKill), "a", "y", false)]
    [InlineData(nameof(FaultKind.ScriptFlush), null, null, false)]
    public void Only_a_fault_that_can_bring_a_message_late_and_met_the_worker_excuses_it(
        string kind,
        string? group,
        string? process,
        bool isExcused
    )
    {
        var order = Check([Fault(Enum.Parse<FaultKind>(kind), 5, 13, group, process)], Run(3, 12, 13), Run(2, 14, 15));

        Assert.Equal((isExcused ? 0 : 1, isExcused ? 1 : 0), (order.OutOfOrder.Count, order.ExcusedOutOfOrder));
    }

    [Theory]
    [InlineData(16, 20)]
    [InlineData(-3000, -2500)]
    public void A_fault_after_the_message_ran_or_long_before_it_was_published_excuses_nothing(int begin, int end) =>
        Assert.Single(Check([Fault(FaultKind.RedisKill, begin, end)], Run(3, 12, 13), Run(2, 14, 15)).OutOfOrder);

    [Fact]
    public void A_message_that_waited_long_enough_for_a_takeover_whose_reply_was_lost_is_excused()
    {
        Assert.Equal(1, Check(Run(3, 12, 13), Run(2, 5000, 5001)).ExcusedOutOfOrder);
        Assert.Single(Check(Run(3, 12, 13), Run(2, 3900, 3901)).OutOfOrder);
    }

    [Fact]
    public void A_failed_message_must_hold_back_the_later_ones_of_its_subject()
    {
        var failed = Run(1, 10, 11) with { Outcome = Outcome.Failed };

        Assert.Equal(["p0/0#1 by p0/0#2 at x"], Check(failed, Run(2, 12, 13), Run(1, 14, 15, deliveries: 2)).Overtaken);
        var order = Check(failed, Run(1, 12, 13, deliveries: 2), Run(2, 14, 15));
        Assert.Empty(order.Overtaken);
        Assert.Equal(1, order.FailuresJudged);
    }

    [Fact]
    public void A_failed_message_that_another_worker_took_over_need_not_hold_back_any()
    {
        var failed = Run(1, 10, 11) with { Outcome = Outcome.Failed };

        Assert.Equal(0, Check(failed, Run(2, 12, 13), Run(1, 14, 15, deliveries: 2, process: "y")).FailuresJudged);
        Assert.Equal(0, Check(failed, Run(2, 12, 13), Run(1, 14, 15, deliveries: 3)).FailuresJudged);
        Assert.Equal(
            0,
            Check([Fault(FaultKind.GroupDestroy, 12, 12, "a")], failed, Run(2, 12, 13), Run(1, 14, 15)).FailuresJudged
        );

        // In hand when the group vanished, and handled afterwards.
        Assert.Equal(
            0,
            Check([Fault(FaultKind.GroupDestroy, 5, 5, "a")], failed, Run(2, 12, 13), Run(1, 14, 15)).FailuresJudged
        );
    }

    private static OrderVerdict Check(params Handling[] runs) => Check([], runs);

    private static OrderVerdict Check(FaultEvent[] faults, params Handling[] runs) =>
        new OrderCheck(
            "a",
            new History
            {
                Attempted = new Dictionary<MessageId, MessagePosition?>(),
                Handled = new Dictionary<string, IReadOnlyList<Handling>>(),
                Faults = faults,
                Lease = TimeSpan.FromSeconds(1),
                Clock = new ClockAnchor(0, Start),
            }
        ).Run(runs);

    private static Handling Run(
        int sequence,
        int begin,
        int end,
        long deliveries = 1,
        string process = "x",
        int lane = 0
    ) =>
        new(
            process,
            new MessageId(0, lane, sequence),
            new MessagePosition((ulong)(Start + sequence), 0),
            new HandlingTime(Ticks(begin), Ticks(end)),
            deliveries,
            Outcome.Handled
        );

    private static FaultEvent Fault(FaultKind kind, int begin, int end, string? group = null, string? process = null) =>
        new(kind, Ticks(begin), Ticks(end), group, process);

    private static long Ticks(int milliseconds) => milliseconds * Stopwatch.Frequency / 1000;
}
