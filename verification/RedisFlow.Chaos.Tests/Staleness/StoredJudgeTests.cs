using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Staleness;

/// <summary>The judge of what caches hold at rest.</summary>
public sealed class StoredJudgeTests
{
    private static readonly long[] Source = [5, 7];

    [Fact]
    public void An_entry_is_stale_if_it_is_older_than_the_source() =>
        Assert.Equal(
            [new StoredVersion(1, 6)],
            StoredJudge.Stale(
                [new StoredVersion(0, 5), new StoredVersion(1, 6), new StoredVersion(1, 7), new StoredVersion(0, 6)],
                Source
            )
        );

    [Fact]
    public void A_key_that_nobody_writes_is_never_stale() =>
        Assert.Empty(StoredJudge.Stale([new StoredVersion(2, 0)], Source));

    [Theory]
    [InlineData("*")]
    [InlineData("p:company:4")]
    [InlineData("p:company:4:report:1")]
    [InlineData("t:user:9")]
    public void An_old_entry_in_Redis_that_an_epoch_has_dropped_is_served_to_nobody(string field)
    {
        Assert.Empty(StoredJudge.Stale([Old], Epochs((field, 101)), Source));
        Assert.Single(StoredJudge.Stale([Old], Epochs((field, 100)), Source));
    }

    [Theory]
    [InlineData("p:company")]
    [InlineData("p:company:4:report")]
    public void A_prefix_drops_what_is_under_it_at_a_boundary(string field) =>
        Assert.Empty(StoredJudge.Stale([Old], Epochs((field, 101)), Source));

    [Theory]
    [InlineData("p:compan")]
    [InlineData("p:company:4:report:11")]
    [InlineData("p:company:44")]
    [InlineData("t:user")]
    [InlineData("t:company:4")]
    public void Epochs_of_others_drop_nothing(string field) =>
        Assert.Single(StoredJudge.Stale([Old], Epochs((field, 101)), Source));

    [Fact]
    public void An_entry_in_Redis_that_is_as_new_as_the_source_is_not_stale() =>
        Assert.Empty(StoredJudge.Stale([Old with { Version = 7 }], Epochs(), Source));

    private static StoredEntry Old => new(1, "company:4:report:1", ["user:9"], new MessagePosition(100, 0), Version: 6);

    private static EpochFields Epochs(params (string Field, ulong At)[] fields) =>
        new(fields.ToDictionary(field => field.Field, field => new MessagePosition(field.At, 0)));
}
