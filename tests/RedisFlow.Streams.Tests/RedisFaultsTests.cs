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
        var mapped = new InvalidOperationException("Mapped.", database);
        Assert.Equal(isTransient, RedisFaults.IsInfrastructure(mapped));
        Assert.Equal(isTransient, RedisFaults.IsInfrastructure(new InvalidOperationException("Retried.", mapped)));
    }

    private sealed class DatabaseException(bool isTransient) : DbException("The database says so.")
    {
        public override bool IsTransient => isTransient;
    }
}
