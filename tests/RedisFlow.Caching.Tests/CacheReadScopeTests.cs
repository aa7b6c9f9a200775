namespace RedisFlow.Caching.Tests;

public sealed class CacheReadScopeTests
{
    [Fact]
    public void Reports_the_worst_of_its_reads()
    {
        using var scope = CacheReadScope.Begin();
        Assert.Equal(CacheOutcome.None, scope.Outcome);
        CacheReadScope.Record(CacheOutcome.L1);
        CacheReadScope.Record(CacheOutcome.Miss);
        CacheReadScope.Record(CacheOutcome.L2);
        Assert.Equal(CacheOutcome.Miss, scope.Outcome);
    }

    [Fact]
    public void An_inner_scope_counts_for_the_outer_one_and_ends_alone()
    {
        using var outer = CacheReadScope.Begin();
        using (var inner = CacheReadScope.Begin())
        {
            CacheReadScope.Record(CacheOutcome.L1);
            Assert.Equal(CacheOutcome.L1, inner.Outcome);
        }

        Assert.Equal(CacheOutcome.L1, outer.Outcome);
        CacheReadScope.Record(CacheOutcome.L2);
        Assert.Equal(CacheOutcome.L2, outer.Outcome);
    }

    [Fact]
    public async Task Sees_reads_of_what_it_awaits_and_not_of_other_flows()
    {
        var others = Task.Run(
            async () =>
            {
                await Task.Yield();
                CacheReadScope.Record(CacheOutcome.Miss);
            },
            TestContext.Current.CancellationToken
        );
        using var scope = CacheReadScope.Begin();
        await Task.WhenAll(
            Task.Run(() => CacheReadScope.Record(CacheOutcome.L1), TestContext.Current.CancellationToken),
            others
        );
        Assert.Equal(CacheOutcome.L1, scope.Outcome);
    }

    [Fact]
    public void Ends_with_its_disposal()
    {
        var scope = CacheReadScope.Begin();
        scope.Dispose();
        scope.Dispose();
        CacheReadScope.Record(CacheOutcome.Miss);
        Assert.Equal(CacheOutcome.None, scope.Outcome);
    }
}
