using RedisFlow.Caching.Loading;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>Holds the first load that reaches a stage.</summary>
internal sealed class Hold : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamHybridCache _cache;

    public Hold(StreamHybridCache cache, FillStage stage)
    {
        _cache = cache;
        cache.Probe = (at, _) =>
        {
            if (at != stage)
            {
                return Task.CompletedTask;
            }

            _reached.TrySetResult();
            return _released.Task;
        };
    }

    public Task Reached => _reached.Task.WaitAsync(Eventually.DefaultLimit);

    /// <summary>Lets later loads pass; the held one stays held.</summary>
    public void Open() => _cache.Probe = null;

    public void Release()
    {
        Open();
        _released.TrySetResult();
    }

    public void Dispose() => Release();
}
