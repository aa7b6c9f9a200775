namespace RedisFlow.Domain.Tests;

public sealed class EntityIdTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(9_007_199_254_740_991, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(9_007_199_254_740_992, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(long.MaxValue, false)]
    public void Ids_are_whole_numbers_from_1_on(long id, bool valid) => Assert.Equal(valid, EntityId.IsValid(id));

    [Fact]
    public void Every_id_is_exact_as_a_double()
    {
        Assert.Equal(EntityId.MaxValue, (long)(double)EntityId.MaxValue);
        Assert.NotEqual(EntityId.MaxValue + 2, (long)(double)(EntityId.MaxValue + 2));
    }
}
