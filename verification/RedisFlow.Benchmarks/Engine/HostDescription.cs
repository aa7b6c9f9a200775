namespace RedisFlow.Benchmarks.Engine;

/// <summary>What distinguishes one measured application from another.</summary>
/// <param name="Connection">Redis.</param>
/// <param name="Stream">The stream's name.</param>
/// <param name="Groups">The declared groups.</param>
internal sealed record HostDescription(string Connection, string Stream, params IReadOnlyList<string> Groups)
{
    /// <summary>The instance id.</summary>
    public string Instance { get; init; } = "bench-1";

    /// <summary>Whether its cache is invalidated by Pub/Sub, to compare.</summary>
    public bool IsOnPubSub { get; init; }

    /// <summary>Further settings, e.g. <c>Streams:LeaseDuration</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}
