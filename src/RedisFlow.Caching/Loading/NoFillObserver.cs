namespace RedisFlow.Caching.Loading;

/// <summary>The observer of every application: it holds nothing up.</summary>
internal sealed class NoFillObserver : IFillObserver
{
    /// <inheritdoc/>
    public Task AtAsync(FillStage stage, string key) => Task.CompletedTask;
}
