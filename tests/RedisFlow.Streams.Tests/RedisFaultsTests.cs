using System.Data.Common;

namespace RedisFlow.Streams.Tests;

public sealed class RedisFaultsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_database_that_is_away_is_a_fault_of_the_infrastructure_and_one_that_refuses_is_not(bool isTransient)
    {
        var database = new DatabaseException(isTransient);

        Assert.Equal(isTransient, RedisFaults.IsInfrastructure(database));
        Assert.Equal(isTransient, RedisFaults.IsInfrastructure(new InvalidOperationException("Mapped.", database)));
    }

    private sealed class DatabaseException(bool isTransient) : DbException("The database says so.")
    {
        public override bool IsTransient => isTransient;
    }
}
