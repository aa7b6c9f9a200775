using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Checking;

public sealed class CheckerTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void A_run_in_which_every_group_handled_everything_is_valid()
    {
        var verdict = Checker.Check(HistoryOf(Published(10), ("a", Handled(1..10)), ("b", Handled(1..10))));

        Assert.True(verdict.IsValid);
        Assert.Equal((10, 10, 0), (verdict.Attempted, verdict.Published, verdict.Unknown));
        Assert.All(
            verdict.Groups,
            group => Assert.Equal((10, 0, 0), (group.Handled, group.Duplicates, group.OutOfOrderInGroup))
        );
    }

    [Fact]
    public void A_message_that_one_group_did_not_handle_is_lost_though_the_other_did()
    {
        var verdict = Checker.Check(HistoryOf(Published(10), ("a", Handled(1..10)), ("b", Handled(1..6, 8..10))));

        Assert.False(verdict.IsValid);
        Assert.Equal("b lost 1: p0/0#7", Assert.Single(verdict.Problems));
        Assert.Empty(verdict.Groups[0].Lost);
    }

    [Fact]
    public void Lost_messages_are_told_apart_by_their_place_in_the_publishers_order()
    {
        var verdict = Checker.Check(HistoryOf(Published(20), ("a", Handled(3..8, 10..14))));

        Assert.Equal(
            new PublisherLoss(0, Prefix: 2, Middle: 1, Tail: 6),
            Assert.Single(verdict.Groups[0].LostByPublisher)
        );
    }

    [Fact]
    public void A_group_that_handled_nothing_has_lost_a_whole_tail()
    {
        var verdict = Checker.Check(HistoryOf(Published(3), ("a", [])));

        Assert.Equal(
            new PublisherLoss(0, Prefix: 0, Middle: 0, Tail: 3),
            Assert.Single(verdict.Groups[0].LostByPublisher)
        );
        Assert.False(verdict.IsValid);
    }

    [Fact]
    public void A_message_that_nobody_attempted_is_unexpected()
    {
        var verdict = Checker.Check(HistoryOf(Published(3), ("a", Handled(1..4))));

        Assert.Equal([Id(4)], verdict.Groups[0].Unexpected);
        Assert.False(verdict.IsValid);
    }

    [Fact]
    public void A_message_at_another_position_than_the_confirmed_one_is_unexpected()
    {
        var verdict = Checker.Check(
            HistoryOf(
                Published(1),
                ("a", [Handling(1, 1), Handling(1, 2) with { Position = new MessagePosition(Start + 99, 0) }])
            )
        );

        Assert.Equal([Id(1)], verdict.Groups[0].Unexpected);
        Assert.False(verdict.IsValid);
    }

    [Fact]
    public void A_message_of_unknown_outcome_may_arrive_or_not()
    {
        var attempted = Published(3);
        attempted[Id(4)] = null;
        attempted[Id(5)] = null;
        var verdict = Checker.Check(HistoryOf(attempted, ("a", Handled(1..4))));

        Assert.True(verdict.IsValid);
        Assert.Equal(
            (5, 3, 2, 1),
            (verdict.Attempted, verdict.Published, verdict.Unknown, verdict.Groups[0].Recovered)
        );
    }

    [Fact]
    public void Duplicates_are_counted_and_allowed()
    {
        var verdict = Checker.Check(HistoryOf(Published(3), ("a", Handled(1..3, 1..2, 1..1))));

        Assert.True(verdict.IsValid);
        Assert.Equal((3, 3), (verdict.Groups[0].Handled, verdict.Groups[0].Duplicates));
    }

    [Fact]
    public void Order_across_the_workers_of_a_group_is_counted_and_not_judged()
    {
        var verdict = Checker.Check(
            HistoryOf(
                Published(3),
                ("a", [Handling(1, 1, "x"), Handling(3, 2, "x"), Handling(2, 3, "y"), Handling(3, 4, "y")])
            )
        );

        Assert.True(verdict.IsValid);
        Assert.Equal((1, 1), (verdict.Groups[0].OutOfOrderInGroup, verdict.Groups[0].Duplicates));
    }

    [Fact]
    public void A_stream_that_contradicts_the_order_of_a_publisher_is_a_problem()
    {
        var attempted = Published(3);
        (attempted[Id(1)], attempted[Id(2)]) = (attempted[Id(2)], attempted[Id(1)]);
        var verdict = Checker.Check(HistoryOf(attempted, ("a", [])));

        Assert.Contains("The stream contradicts the order of publishing: 1: p0/0#2", verdict.Problems);
    }

    [Fact]
    public void A_message_whose_handler_only_failed_or_was_cancelled_is_lost()
    {
        var verdict = Checker.Check(
            HistoryOf(
                Published(3),
                (
                    "a",
                    [
                        Handling(1, 1),
                        Handling(2, 2) with
                        {
                            Outcome = Outcome.Failed,
                        },
                        Handling(3, 3) with
                        {
                            Outcome = Outcome.Cancelled,
                        },
                    ]
                )
            )
        );

        Assert.Equal([Id(2), Id(3)], verdict.Groups[0].Lost);
    }

    [Fact]
    public void Dead_letters_and_incidents_make_a_run_invalid()
    {
        var history = HistoryOf(Published(3), ("a", Handled(1..3)));

        Assert.False(Checker.Check(history with { DeadLetters = 1 }).IsValid);
        Assert.Equal(["A worker ended."], Checker.Check(history with { Incidents = ["A worker ended."] }).Problems);
    }

    [Theory]
    [InlineData(true, 0, false, true)]
    [InlineData(true, 1999, false, true)]
    [InlineData(true, 2002, false, false)]
    [InlineData(true, -2, false, false)]
    [InlineData(false, 1000, false, false)]
    [InlineData(true, 1000, true, false)]
    public void Only_what_is_gone_from_the_stream_and_was_confirmed_just_before_a_kill_is_the_loss_of_Redis(
        bool isAbsent,
        int killedAfter,
        bool isAlwaysSynced,
        bool isExcused
    )
    {
        var verdict = Checker.Check(
            HistoryOf(Published(2), ("a", Handled(1..1))) with
            {
                Absent = isAbsent ? new HashSet<MessageId> { Id(2) } : [],
                Clock = new ClockAnchor(0, Start + 2 + killedAfter),
                Faults = [new FaultEvent(FaultKind.RedisKill, 0, 1)],
                IsAlwaysSynced = isAlwaysSynced,
            }
        );

        Assert.Equal((isExcused, isExcused ? 1 : 0), (verdict.IsValid, verdict.LostByRedis));
    }

    [Fact]
    public void A_run_that_did_nothing_proves_nothing()
    {
        Assert.False(Checker.Check(HistoryOf([], ("a", []))).IsValid);
        Assert.False(Checker.Check(HistoryOf(Published(1))).IsValid);
    }

    private static MessageId Id(int sequence) => new(0, 0, sequence);

    private static MessagePosition Position(int sequence) => new((ulong)(Start + sequence), 0);

    private static Dictionary<MessageId, MessagePosition?> Published(int count) =>
        Enumerable.Range(1, count).ToDictionary(Id, sequence => (MessagePosition?)Position(sequence));

    private static Handling Handling(int sequence, long timestamp, string process = "x") =>
        new(process, Id(sequence), Position(sequence), new HandlingTime(timestamp, timestamp), 1, Outcome.Handled);

    /// <summary>Ranges with both ends.</summary>
    private static List<Handling> Handled(params Range[] ranges) =>
        [
            .. ranges
                .SelectMany(range => Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value + 1))
                .Select((sequence, i) => Handling(sequence, i)),
        ];

    private static History HistoryOf(
        Dictionary<MessageId, MessagePosition?> attempted,
        params (string Group, List<Handling> Handled)[] groups
    ) =>
        new()
        {
            Attempted = attempted,
            Handled = groups.ToDictionary(group => group.Group, group => (IReadOnlyList<Handling>)group.Handled),
        };
}
