namespace RedisFlow.Benchmarks.Measuring;

/// <summary>The names of metrics that several places use.</summary>
internal static class MetricNames
{
    /// <summary>Messages per second.</summary>
    public const string Rate = "rate";

    /// <summary>Bytes that this process allocated per message.</summary>
    public const string Allocated = "allocated";

    /// <summary>Messages that were measured.</summary>
    public const string Messages = "messages";

    /// <summary>Messages that were published and not handled.</summary>
    public const string Lost = "lost";

    public const string P50 = "p50";
    public const string P95 = "p95";
    public const string P99 = "p99";
    public const string P999 = "p99.9";
    public const string Max = "max";
}
