using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Core;

namespace RedisFlow.Streams.Tests.Core;

public sealed class CircuitTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Circuit _circuit;

    public CircuitTests() =>
        _circuit = new Circuit(3, new RetrySchedule(First, TimeSpan.FromSeconds(30), new Random(1)), _time);

    [Fact]
    public void It_opens_with_the_last_of_as_many_faults_in_a_row_as_it_allows()
    {
        Assert.False(Fault(1));
        Assert.False(Fault(2));
        Assert.False(_circuit.Passed());
        Assert.False(Fault(3));
        Assert.False(Fault(4));
        Assert.False(_circuit.IsOpen);
        Assert.True(Fault(5));
        Assert.True(_circuit.IsOpen);
        Assert.False(Fault(6));
    }

    [Fact]
    public void While_it_is_open_one_message_at_a_time_may_try_and_only_after_a_while()
    {
        Open();
        Assert.False(Enter(1));
        _time.Advance(First * 0.7);
        Assert.False(Enter(1));
        _time.Advance(First * 0.6);
        Assert.True(Enter(1));
        Assert.Null(_circuit.ProbeAt);
        Assert.True(Enter(1));
        Assert.False(Enter(2));
    }

    [Fact]
    public void A_probe_that_fails_opens_it_for_longer_and_one_that_succeeds_closes_it()
    {
        Open();
        var probe = Probe();
        Assert.False(_circuit.Faulted(probe, _time.GetTimestamp()));
        Assert.True(_circuit.IsOpen);
        Assert.True(_circuit.ProbeAt >= _time.GetTimestamp() + (First * 1.5).Ticks);
        Probe();
        Assert.True(_circuit.Passed());
        Assert.False(_circuit.IsOpen);
        Assert.True(Enter(1) && Enter(2));

        // The next opening begins with the shortest wait again.
        Open();
        Assert.True(_circuit.ProbeAt <= _time.GetTimestamp() + (First * 1.25).Ticks);
    }

    [Fact]
    public void A_probe_that_leaves_without_an_answer_makes_way_for_another_at_once()
    {
        Open();
        var probe = Probe();
        _circuit.Left(SignalCounter.Entry(99, _time));
        Assert.False(Enter(98));

        _circuit.Left(probe);

        Assert.True(_circuit.ProbeAt <= _time.GetTimestamp());
        Assert.True(Enter(98));
    }

    private void Open()
    {
        Fault(90);
        Fault(91);
        Assert.True(Fault(92));
    }

    private InFlightMessage Probe()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var held = SignalCounter.Entry(50, _time);
        Assert.True(_circuit.TryEnter(held, _time.GetTimestamp()));
        return held;
    }

    private bool Fault(ulong number) => _circuit.Faulted(SignalCounter.Entry(number, _time), _time.GetTimestamp());

    private readonly Dictionary<ulong, InFlightMessage> _entries = [];

    private bool Enter(ulong number)
    {
        if (!_entries.TryGetValue(number, out var held))
        {
            _entries.Add(number, held = SignalCounter.Entry(number, _time));
        }

        return _circuit.TryEnter(held, _time.GetTimestamp());
    }
}
