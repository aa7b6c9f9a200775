namespace RedisFlow.Streams.Tests;

public sealed class RedisFaultsTests
{
    [Fact]
    public void A_null_reference_inside_the_client_library_is_a_fault_of_the_infrastructure()
    {
        // It throws one when a connection ends just while it composes the exception that says so.
        var fault = Assert.Throws<NullReferenceException>(() => ((string)null!).Trim());
        fault.Source = "StackExchange.Redis";

        Assert.True(RedisFaults.IsInfrastructure(fault));
        Assert.True(RedisFaults.IsRedisFault(fault));
        Assert.True(RedisFaults.IsInfrastructure(new StreamPublishException("Not published.", fault)));
    }

    [Fact]
    public void A_null_reference_of_a_handler_is_its_own()
    {
        var fault = Assert.Throws<NullReferenceException>(() => ((string)null!).Trim());

        Assert.False(RedisFaults.IsInfrastructure(fault));
        Assert.False(RedisFaults.IsRedisFault(fault));
    }
}
