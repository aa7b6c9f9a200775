namespace RedisFlow.Benchmarks.Engine;

/// <summary>A read of the cache that must be a hit in memory.</summary>
internal static class Hit
{
    /// <summary>The value. A hit is there at once; whatever else it is would be another measurement.</summary>
    /// <exception cref="InvalidOperationException">It is no hit.</exception>
    public static T Taken<T>(ValueTask<T> read) =>
        read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("It is no hit.");
}
