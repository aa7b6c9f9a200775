namespace RedisFlow.Testing;

/// <summary>
/// Chooses what the shared fixture of a test run starts: the same tests run once on each. <c>REDISFLOW_TEST_REDIS_TOPOLOGY</c> is <c>single</c> (the
/// default) or <c>cluster</c>.
/// </summary>
public static class RedisTopologies
{
    private const string Variable = "REDISFLOW_TEST_REDIS_TOPOLOGY";

    /// <summary>Gets whether the shared fixture is a cluster.</summary>
    /// <exception cref="InvalidOperationException">The variable names no topology.</exception>
    public static bool IsCluster { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "single" => false,
        "cluster" => true,
        var other => throw new InvalidOperationException($"{Variable} is '{other}'; it must be 'single' or 'cluster'."),
    };
}
