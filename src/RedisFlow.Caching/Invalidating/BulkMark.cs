namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// Stands for the state of all prefix, tag and clear-all invalidations at one moment. Each such invalidation makes a
/// new mark, so an entry that was checked against the current mark needs no check: one comparison of references,
/// whatever happened before.
/// </summary>
/// <param name="generation">The log's generation.</param>
internal sealed class BulkMark(int generation)
{
    public int Generation { get; } = generation;
}
