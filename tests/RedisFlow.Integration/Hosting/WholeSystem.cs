using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// One application for all tests: starting it takes seconds, and two at once would only compete for the machine.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeSystem : ICollectionFixture<RedisFlowApplication>
{
    public const string Name = "The whole system";
}

/// <summary>One more for operators' commands, some of which concern everything in the stream.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OperatedSystem : ICollectionFixture<OperatedApplication>
{
    public const string Name = "The operated system";
}

/// <summary>Tests that start an AppHost of their own, of which little runs; one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnAppHost
{
    public const string Name = "An AppHost of its own";
}

/// <summary>The whole system, quick to notice and with nothing kept that is settled.</summary>
public sealed class OperatedApplication : RedisFlowApplication
{
    protected override IReadOnlyList<string> Settings =>
        [
            "--StreamView:RefreshInterval=00:00:00.5",
            "--Streams:LagCheck:DegradedAfter=00:00:01",
            "--Streams:LagCheck:UnhealthyAfter=00:00:35",
            "--Streams:Retention=00:00:00",
            "--Commands:SampleCompanies=12",
            "--Commands:BurstSize=40",
            "--Commands:ClaimMinIdle=00:00:02",
        ];
}
