namespace RedisFlow.Caching.Loading;

/// <summary>Is told of each stage of a cache's loads and sets, which wait for its answer.</summary>
internal interface IFillObserver
{
    /// <summary>A load or a set of the key has reached the stage.</summary>
    Task AtAsync(FillStage stage, string key);
}
