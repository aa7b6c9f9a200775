namespace RedisFlow.Testing;

/// <summary>What the shared fixture of a test run can be.</summary>
public enum RedisTopology
{
    /// <summary>One server.</summary>
    OneServer,

    /// <summary>Redis Cluster: three masters and three replicas.</summary>
    Cluster,

    /// <summary>A primary and its replica behind three Sentinels.</summary>
    Sentinel,
}
