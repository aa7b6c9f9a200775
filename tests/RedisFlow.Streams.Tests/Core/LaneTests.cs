using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Tests.Core;

public sealed class LaneTests
{
    private readonly Lane _lane = new(0);
    private readonly ManualTime _time = new();

    [Fact]
    public void Messages_come_in_their_order()
    {
        Add(1, "a");
        Add(2, "b");
        Add(3, "");
        Assert.Equal([1ul, 2, 3], Drain());
        Assert.False(_lane.HasWork);
    }

    [Fact]
    public void Behind_a_failed_message_only_its_own_subject_waits_and_goes_on_in_order_before_what_came_later()
    {
        var failed = Add(1, "a");
        Add(2, "a");
        Add(3, "b");
        Add(4, "a");
        _lane.Take();
        _lane.HoldBack(failed);
        Assert.Equal([3ul], Drain());

        Add(5, "b");
        Add(6, "a");
        _lane.LetGo(failed);
        Assert.Equal([2ul, 4, 5, 6], Drain());
    }

    [Fact]
    public void A_failed_message_comes_back_before_all_others_and_still_holds_its_subject_back_when_it_fails_again()
    {
        var failed = Add(1, "a");
        Add(2, "a");
        _lane.Take();
        _lane.HoldBack(failed);
        Assert.Empty(Drain());
        Add(3, "b");

        _lane.Resume(failed);
        Assert.Same(failed, _lane.Peek());
        _lane.Take();
        _lane.HoldBack(failed);
        Assert.Equal([3ul], Drain());

        _lane.LetGo(failed);
        Assert.Equal([2ul], Drain());
    }

    [Fact]
    public void A_failed_message_without_a_subject_holds_nothing_back()
    {
        var failed = Add(1, "");
        Add(2, "");
        _lane.Take();
        _lane.HoldBack(failed);
        Assert.Equal([2ul], Drain());
    }

    [Fact]
    public void What_was_lost_while_it_waited_is_passed_over()
    {
        Add(1, "a").State = HeldState.Lost;
        Add(2, "a");
        Assert.Equal([2ul], Drain());
    }

    [Fact]
    public void A_cancelled_token_is_that_of_one_message_only()
    {
        Add(1, "a");
        Add(2, "b");
        _lane.Take();
        var first = _lane.Cancellation.Token;
        _lane.Cancellation.Cancel();
        _lane.Take();
        Assert.True(first.IsCancellationRequested);
        Assert.False(_lane.Cancellation.IsCancellationRequested);
    }

    private Held Add(ulong number, string subject)
    {
        var held = SignalCounter.Entry(number, _time, subject);
        _lane.Add(held);
        return held;
    }

    private List<ulong> Drain()
    {
        List<ulong> drained = [];
        while (_lane.Peek() is { } held)
        {
            drained.Add(held.Position.Sequence);
            _lane.Take();
        }

        return drained;
    }
}
