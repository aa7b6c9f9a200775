using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Tailing;

namespace RedisFlow.Streams.Tests;

public sealed class GapDetectorTests
{
    private readonly GapDetector _gaps = new();

    public GapDetectorTests() => _gaps.Begin(State(10, added: 5));

    [Fact]
    public void What_was_added_and_seen_matches()
    {
        Assert.Null(_gaps.Applied(At(11)));
        Assert.Null(_gaps.Applied(At(12)));
        Assert.Null(_gaps.Compare(State(12, added: 7)));
    }

    [Fact]
    public void A_state_ahead_of_the_tail_is_compared_once_the_tail_is_there()
    {
        Assert.Null(_gaps.Compare(State(12, added: 7)));
        Assert.True(_gaps.IsBehind);
        Assert.Null(_gaps.Applied(At(11)));
        Assert.Null(_gaps.Applied(At(12)));
        Assert.False(_gaps.IsBehind);
        Assert.Null(_gaps.Applied(At(13)));
        Assert.Null(_gaps.Compare(State(13, added: 8)));
    }

    [Fact]
    public void An_entry_in_between_that_was_never_seen_is_a_gap()
    {
        Assert.Null(_gaps.Compare(State(12, added: 7)));
        Assert.NotNull(_gaps.Applied(At(12)));
    }

    [Fact]
    public void The_last_entry_that_was_never_seen_is_a_gap()
    {
        Assert.Null(_gaps.Compare(State(12, added: 7)));
        Assert.Null(_gaps.Applied(At(11)));
        Assert.NotNull(_gaps.Applied(At(13)));
    }

    [Fact]
    public void A_last_id_that_went_back_is_a_gap() => Assert.NotNull(_gaps.Compare(State(9, added: 5)));

    [Fact]
    public void Another_stream_with_the_same_last_id_is_a_gap() => Assert.NotNull(_gaps.Compare(State(10, added: 1)));

    [Fact]
    public void A_forgotten_state_is_not_compared()
    {
        Assert.Null(_gaps.Compare(State(12, added: 7)));
        _gaps.Forget();
        Assert.False(_gaps.IsBehind);
        Assert.Null(_gaps.Applied(At(12)));
        Assert.NotNull(_gaps.Compare(State(12, added: 7)));
    }

    [Theory]
    [InlineData("9-9", null, "9-9")]
    [InlineData("9-9", "5-3", "5-2")]
    [InlineData("9-9", "5-0", "4-18446744073709551615")]
    [InlineData("9-9", "0-0", "0-0")]
    public void Settled_is_just_before_the_first_pending_entry(string delivered, string? pending, string settled) =>
        Assert.Equal(
            MessagePosition.Parse(settled),
            StreamState.SettledOf(
                MessagePosition.Parse(delivered),
                pending is null ? null : MessagePosition.Parse(pending)
            )
        );

    private static MessagePosition At(ulong milliseconds) => new(milliseconds, 0);

    private static StreamState State(ulong last, long added) => new(At(last), added, null);
}
