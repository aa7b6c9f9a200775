using RedisFlow.Caching.Loading;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>Holds the first load that reaches a stage.</summary>
internal sealed class Hold : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HoldableFills _fills;
    private readonly FillStage _stage;

    public Hold(TestInstance instance, FillStage stage)
    {
        _fills = instance.Fills;
        _stage = stage;
        _fills.Hold = this;
    }

    public Task Reached => _reached.Task.WaitAsync(Eventually.DefaultLimit);

    /// <summary>Lets later loads pass; the held one stays held.</summary>
    public void Open() => _fills.Hold = null;

    public void Release()
    {
        Open();
        _released.TrySetResult();
    }

    public void Dispose() => Release();

    /// <summary>A load or a set has reached a stage.</summary>
    public Task AtAsync(FillStage stage)
    {
        if (stage != _stage)
        {
            return Task.CompletedTask;
        }

        _reached.TrySetResult();
        return _released.Task;
    }
}
