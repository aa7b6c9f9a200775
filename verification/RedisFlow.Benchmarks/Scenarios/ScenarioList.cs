namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>Every scenario, in the order of a full run.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new ServerLimitScenario(),
        new PublishScenario(),
        new ConsumeScenario(),
        new LatencyScenario(),
        new RecoveryScenario(),
        new BacklogScenario(),
        new TrimmingScenario(),
        new CacheScenario(),
        new CacheThreadsScenario(),
        new CacheRemoteScenario(),
        new CacheBulkScenario(),
        new CacheReplayScenario(),
    ];
}
