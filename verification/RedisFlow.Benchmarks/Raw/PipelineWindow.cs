namespace RedisFlow.Benchmarks.Raw;

/// <summary>Many calls under way, but not more than so many: the next one waits for the oldest.</summary>
internal sealed class PipelineWindow(int size)
{
    private readonly Task[] _slots = Enumerable.Repeat(Task.CompletedTask, size).ToArray();
    private int _next;

    /// <summary>Notes a call, after the one that it displaces has ended.</summary>
    public Task AddAsync(Task call)
    {
        var displaced = _slots[_next];
        _slots[_next] = call;
        _next = (_next + 1) % _slots.Length;
        return displaced;
    }

    /// <summary>Waits for what is still under way.</summary>
    public Task DrainAsync() => Task.WhenAll(_slots);
}
