namespace RedisFlow.Caching.Loading;

/// <summary>Where a test holds a cache's loads and sets; empty otherwise.</summary>
internal sealed class FillProbe
{
    /// <summary>Called at each stage.</summary>
    public Func<FillStage, string, Task>? Hook { get; set; }

    /// <summary>A load or a set of the key has reached the stage.</summary>
    public Task AtAsync(FillStage stage, string key) => Hook?.Invoke(stage, key) ?? Task.CompletedTask;
}
