using RedisFlow.Chaos.Data;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Data;

public sealed class DataCheckerTests
{
    private readonly List<Item> _items =
    [
        new()
        {
            Id = 1,
            Value = "b",
            Version = 2,
        },
    ];
    private readonly List<Copy> _copies =
    [
        new()
        {
            Id = 1,
            Value = "b",
            Version = 2,
        },
    ];
    private readonly List<(MessagePosition Position, StreamMessage Message)> _entries = [Entry(1, 1), Entry(2, 2)];
    private readonly Dictionary<string, MessagePosition?> _tracked = new() { ["1"] = At(1), ["2"] = At(2) };
    private readonly Dictionary<string, int> _effects = new() { ["1"] = 1, ["2"] = 1 };
    private readonly Dictionary<string, MessagePosition> _receipts = new() { ["2"] = At(2) };

    [Fact]
    public void Nothing_is_wrong_where_all_agree() => Assert.Empty(Problems());

    [Fact]
    public void A_version_that_was_never_published_is_found()
    {
        _entries.RemoveAt(0);
        _tracked.Remove("1");
        _effects.Remove("1");

        Assert.Contains("1 of 2 versions were never published", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_was_published_twice_is_found()
    {
        _entries.Add(Entry(3, 2, "3"));
        _tracked["3"] = At(3);
        _effects["3"] = 1;

        Assert.Contains("more than once", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_in_the_stream_twice_is_found()
    {
        _entries.Add(Entry(3, 2, "2"));

        Assert.Contains("1 messages are in the stream more than once", Problems());
    }

    [Fact]
    public void Versions_out_of_order_are_found()
    {
        _entries[0] = Entry(1, 2);
        _entries[1] = Entry(2, 1);

        Assert.Contains("out of order", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_without_its_position_is_found()
    {
        _tracked["1"] = null;

        Assert.Contains("1 of 2 events", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_whose_change_was_not_committed_is_found()
    {
        _tracked.Remove("1");

        Assert.Contains("was not committed", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_with_another_position_is_found()
    {
        _receipts["2"] = At(9);

        Assert.Contains("1 receipts", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void Effects_that_are_missing_or_doubled_are_found()
    {
        _effects.Remove("1");
        _effects["2"] = 2;

        Assert.Equal(["1 of 2 messages had no effect", "1 of 2 messages had their effects more than once"], Problems());
    }

    [Fact]
    public void A_copy_that_differs_is_found()
    {
        _copies[0].Value = "a";

        Assert.Contains("1 of 1 copies", Assert.Single(Problems()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_kind_of_fault_comes_in_each_round_of_the_schedule(int rounds)
    {
        var duration = rounds * DataOptions.Shortest;

        var schedule = DataSchedule.Create(5, duration);

        Assert.All(
            Enum.GetValues<DataFault>(),
            kind => Assert.Equal(rounds, schedule.Count(planned => planned.Fault == kind))
        );
        Assert.Equal(schedule.OrderBy(planned => planned.At), schedule);
        Assert.All(schedule, planned => Assert.InRange(planned.At, TimeSpan.Zero, duration));
        Assert.Equal(schedule, DataSchedule.Create(5, duration));
    }

    private IEnumerable<string> Problems() =>
        DataChecker.Problems(new DataFacts(_items, _copies, _entries, _tracked, _effects, _receipts), hasOutbox: true);

    private static MessagePosition At(ulong position) => new(position, 0);

    private static (MessagePosition, StreamMessage) Entry(ulong position, long version, string? id = null) =>
        (
            At(position),
            new StreamMessage
            {
                MessageId = id ?? $"{position}",
                Subject = "item/1",
                EntityVersion = version,
            }
        );
}
