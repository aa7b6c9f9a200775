using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Tests.Core;

public sealed class ConsumerStateMachineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SignalCounter _signals = new();

    [Fact]
    public void A_handler_that_does_not_end_after_its_message_was_lost_leaves_the_upkeep_its_pace()
    {
        var core = Core(new() { Lanes = 1 });
        core.Accept([Entry(1)]);
        var held = core.TryBegin(0, out var token)!;
        core.Renewed(_time.GetTimestamp(), [], [held.Position]);

        _time.Advance(TimeSpan.FromMinutes(5));
        var due = core.TakeDueWork();

        Assert.True(token.IsCancellationRequested);
        Assert.Empty(due.Renew);
        Assert.True(due.Next > TimeSpan.Zero, $"The next upkeep is due in {due.Next}.");
    }

    [Fact]
    public void The_answer_to_a_question_from_before_an_entry_was_taken_says_nothing_about_it()
    {
        var core = Core(new() { Lanes = 1 });
        var asked = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        core.Accept([Entry(1)]);
        var held = core.TryBegin(0, out var token)!;

        Assert.Equal(0, core.Renewed(asked, [], [held.Position]));

        Assert.False(token.IsCancellationRequested);
        Assert.Equal(1, core.Count);
        Assert.Equal(1, core.Renewed(_time.GetTimestamp(), [], [held.Position]));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void What_has_left_the_pending_list_without_data_is_not_lost_to_another_worker_however_long_it_waits()
    {
        var core = Core(new() { Lanes = 1 });
        var lost = WithoutData(2, isPending: false);
        core.Accept([Entry(1), lost]);
        var busy = core.TryBegin(0, out _)!;

        WaitBeyondTheLease(core, lost);
        core.StandBy();
        core.StandUp();
        core.Succeeded(busy);

        Assert.Same(lost, core.TryBegin(0, out var token));
        WaitBeyondTheLease(core, lost);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public void What_has_left_the_pending_list_without_data_goes_on_after_a_stand_by_and_is_taken_even_then()
    {
        var core = Core(new() { Lanes = 1 });
        core.Accept([Entry(1), WithoutData(2, isPending: false)]);
        var busy = core.TryBegin(0, out _)!;
        core.StandBy();
        Assert.Equal(1, core.Accept([Entry(3), WithoutData(4, isPending: false)]));
        core.Succeeded(busy);
        Assert.Null(core.TryBegin(0, out _));
        _signals.Lanes.Clear();

        core.StandUp();

        Assert.Equal([0], _signals.Lanes);
        foreach (var number in new ulong[] { 2, 4 })
        {
            var lost = core.TryBegin(0, out _)!;
            Assert.Equal(number, lost.Position.Sequence);
            core.Succeeded(lost, ranHandlers: false);
        }
    }

    [Fact]
    public void What_is_held_without_data_is_not_lost_when_this_worker_takes_it_over_itself()
    {
        var core = Core(new() { Lanes = 1 });
        var lost = WithoutData(1);
        core.Accept([lost]);
        core.TryBegin(0, out var token);

        Assert.Equal(0, core.Accept([WithoutData(1, isPending: false)]));

        WaitBeyondTheLease(core, lost);
        Assert.False(token.IsCancellationRequested);
        Assert.Equal(1, core.Count);
    }

    [Fact]
    public void An_end_that_is_reported_late_does_not_end_the_next_run_of_the_message()
    {
        var core = Core(new() { Lanes = 2, RetryDelay = TimeSpan.Zero });
        core.Accept([Entry(1)]);
        var held = core.TryBegin(0, out _)!;
        var firstRun = held.Begins;
        core.Failed(held, isInfrastructure: false);
        core.Retaken(Assert.Single(core.TakeDueWork().Retry), 2, _time.GetTimestamp());
        Assert.Same(held, core.TryBegin(1, out _));

        core.Abandoned(held, firstRun);
        Assert.Equal((1, InFlightState.Running), (core.Count, held.State));

        core.Abandoned(held, held.Begins);
        core.Abandoned(held, held.Begins);
        Assert.Equal(0, core.Count);
        Assert.True(core.Stop().IsCompleted);
    }

    [Fact]
    public void Who_stands_by_gives_up_what_it_holds_and_takes_nothing_until_it_goes_on()
    {
        var core = Core(new() { Lanes = 1 });
        core.Accept([Entry(1), Entry(2)]);
        var held = core.TryBegin(0, out var token)!;

        core.StandBy();

        Assert.True(token.IsCancellationRequested);
        Assert.Equal((0, 0), (core.Accept([Entry(3)]), core.Capacity));
        core.Succeeded(held);
        Assert.Equal((0, 0L), (core.Count, core.Bytes));
        Assert.Null(core.TakeAcknowledgements([]));
        core.Resume();
        Assert.Equal(0, core.Capacity);
        _signals.Capacity = 0;

        core.StandUp();

        Assert.Equal(1, _signals.Capacity);
        Assert.Equal(1, core.Accept([Entry(3)]));
        Assert.NotNull(core.TryBegin(0, out _));
    }

    [Fact]
    public void A_partial_fault_costs_no_attempt_and_leaves_the_circuit_closed()
    {
        var core = Core(
            new()
            {
                Lanes = 1,
                Prefetch = 8,
                CircuitBreakerThreshold = 1,
                MaxDeliveries = 1,
            }
        );
        core.Accept([Entry(1), Entry(2)]);
        Assert.Equal(Verdict.Retry, core.Failed(core.TryBegin(0, out _)!, isInfrastructure: true, isPartial: true));

        Assert.False(core.IsCircuitOpen);
        Assert.NotNull(core.TryBegin(0, out _));
    }

    [Fact]
    public void A_probe_that_meets_a_partial_fault_makes_way_for_another_one()
    {
        var core = Core(
            new()
            {
                Lanes = 1,
                Prefetch = 8,
                CircuitBreakerThreshold = 1,
            }
        );
        core.Accept([Entry(1), Entry(2), Entry(3)]);
        Assert.Equal(Verdict.RetryAndCircuitOpened, core.Failed(core.TryBegin(0, out _)!, isInfrastructure: true));
        _time.Advance(TimeSpan.FromSeconds(2));
        var probe = core.TryBegin(0, out _)!;
        core.Failed(probe, isInfrastructure: true, isPartial: true);

        var other = core.TryBegin(0, out _)!;
        Assert.NotSame(probe, other);
        core.Succeeded(other);

        Assert.False(core.IsCircuitOpen);
    }

    [Fact]
    public void With_an_open_circuit_the_reader_hears_that_nothing_is_held_any_more()
    {
        var core = Core(
            new()
            {
                Lanes = 1,
                Prefetch = 8,
                CircuitBreakerThreshold = 1,
            }
        );
        core.Accept([Entry(1), Entry(2)]);
        var fault = core.TryBegin(0, out _)!;
        Assert.Equal(Verdict.RetryAndCircuitOpened, core.Failed(fault, isInfrastructure: true));
        Assert.Equal(0, core.Capacity);
        _signals.Capacity = 0;

        core.Renewed(_time.GetTimestamp(), [], [fault.Position, new MessagePosition(1, 2)]);

        Assert.Equal(1, core.Capacity);
        Assert.True(_signals.Capacity > 0);
    }

    [Fact]
    public void While_all_that_is_held_waits_for_retries_one_more_may_be_fetched_whatever_is_left_of_the_bytes()
    {
        var core = Core(
            new()
            {
                Lanes = 1,
                PrefetchBytes = 1000,
                LargestMessage = 1000,
            }
        );
        core.Accept([SignalCounter.Entry(1, _time, size: 900)]);
        var large = core.TryBegin(0, out _)!;
        Assert.Equal(0, core.Capacity);
        _signals.Capacity = 0;

        core.Failed(large, isInfrastructure: false);

        Assert.Equal((1, 1), (core.Capacity, _signals.Capacity));
        core.Accept([SignalCounter.Entry(2, _time, size: 90)]);
        Assert.Equal(0, core.Capacity);
        core.Failed(core.TryBegin(0, out _)!, isInfrastructure: false);
        Assert.Equal(1, core.Capacity);
        core.Accept([SignalCounter.Entry(3, _time, size: 900)]);
        core.Failed(core.TryBegin(0, out _)!, isInfrastructure: false);
        Assert.Equal(0, core.Capacity);
    }

    [Fact]
    public void Acknowledgements_wait_five_milliseconds_for_more_or_until_256_are_there()
    {
        var core = Core(new() { Lanes = 1, Prefetch = 1000 });
        List<MessagePosition> batch = [];
        Assert.Null(core.TakeAcknowledgements(batch));

        Handle(core, 1, 1);
        Assert.Equal(1, _signals.Acknowledgements);
        Assert.Equal(TimeSpan.FromMilliseconds(5), core.TakeAcknowledgements(batch));
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(TimeSpan.FromMilliseconds(3), core.TakeAcknowledgements(batch));
        Assert.Empty(batch);
        _time.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Equal(TimeSpan.Zero, core.TakeAcknowledgements(batch));
        Assert.Single(batch);

        batch.Clear();
        Handle(core, 2, 255);
        Assert.Equal(2, _signals.Acknowledgements);
        Assert.Equal(TimeSpan.FromMilliseconds(5), core.TakeAcknowledgements(batch));
        Handle(core, 300, 45);
        Assert.Equal(3, _signals.Acknowledgements);
        Assert.Equal(TimeSpan.Zero, core.TakeAcknowledgements(batch));
        Assert.Equal(256, batch.Count);
    }

    [Fact]
    public void A_stop_acknowledges_what_waits_at_once()
    {
        var core = Core(new() { Lanes = 1 });
        List<MessagePosition> batch = [];
        Handle(core, 1, 3);

        Assert.True(core.Stop().IsCompleted);

        Assert.Equal(2, _signals.Acknowledgements);
        Assert.Equal(TimeSpan.Zero, core.TakeAcknowledgements(batch));
        Assert.Equal(3, batch.Count);
    }

    [Fact]
    public void Unconfirmed_acknowledgements_are_bounded_and_the_reader_goes_on_once_they_are_fewer()
    {
        var core = Core(new() { Lanes = 1, Prefetch = 100 });
        for (ulong first = 1; core.Capacity > 0; first += 100)
        {
            Handle(core, first, 100);
        }

        Assert.InRange(
            core.Count,
            ConsumerStateMachine.MostAcknowledging,
            ConsumerStateMachine.MostAcknowledging + 100
        );
        List<MessagePosition> batch = [];
        core.TakeAcknowledgements(batch);
        Assert.Equal(0, core.Capacity);
        _signals.Capacity = 0;

        core.Acknowledged(batch);

        Assert.Equal(100, core.Capacity);
        Assert.Equal(1, _signals.Capacity);
    }

    [Fact]
    public void A_message_that_is_known_already_is_not_accepted_again()
    {
        var core = Core(new() { Lanes = 1 });
        Assert.Equal(2, core.Accept([Entry(1), Entry(2)]));
        Assert.Equal(1, core.Accept([Entry(2), Entry(3)]));
        Assert.Equal([new MessagePosition(1, 4)], core.NotHeld([new MessagePosition(1, 3), new MessagePosition(1, 4)]));
    }

    private ConsumerStateMachine Core(CoreOptions options) => new(options, _signals, _time, new Random(1));

    private InFlightMessage WithoutData(ulong number, bool isPending = true) =>
        new(
            new RawEntry(new MessagePosition(1, number), null, IsLost: true),
            DecodedEntry.Poison(DeadLetterReason.Lost, "gone"),
            _time.GetTimestamp()
        )
        {
            IsPending = isPending,
        };

    /// <summary>The lease passes, and Redis says that the worker's pending list does not have the entry.</summary>
    private void WaitBeyondTheLease(ConsumerStateMachine core, InFlightMessage lost)
    {
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(lost.Position, core.TakeDueWork().Renew);
        Assert.Equal(0, core.Renewed(_time.GetTimestamp(), [], [lost.Position]));
    }

    private InFlightMessage Entry(ulong number) => SignalCounter.Entry(number, _time);

    private void Handle(ConsumerStateMachine core, ulong first, int count)
    {
        core.Accept([.. Enumerable.Range(0, count).Select(i => Entry(first + (ulong)i))]);
        while (core.TryBegin(0, out _) is { } held)
        {
            core.Succeeded(held);
        }
    }
}
