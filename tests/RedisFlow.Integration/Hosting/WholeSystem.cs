using Xunit;

namespace RedisFlow.Integration;

/// <summary>One application for all tests: starting it takes seconds, and two at once would only compete for the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeSystem : ICollectionFixture<RedisFlowApplication>
{
    public const string Name = "The whole system";
}
