namespace RedisFlow.Testing;

/// <summary>
/// Chooses what the shared fixture of a test run starts: the same tests run once on each.
/// <c>REDISFLOW_TEST_REDIS_TOPOLOGY</c> is <c>single</c> (the default), <c>cluster</c> or <c>sentinel</c>.
/// </summary>
public static class RedisTopologies
{
    private const string Variable = "REDISFLOW_TEST_REDIS_TOPOLOGY";

    /// <summary>The topology of this run.</summary>
    /// <exception cref="InvalidOperationException">The variable names no topology.</exception>
    public static RedisTopology Current { get; } =
        Environment.GetEnvironmentVariable(Variable) switch
        {
            null or "" or "single" => RedisTopology.OneServer,
            "cluster" => RedisTopology.Cluster,
            "sentinel" => RedisTopology.Sentinel,
            var other => throw new InvalidOperationException(
                $"{Variable} is '{other}'; it must be 'single', 'cluster' or 'sentinel'."
            ),
        };
}
