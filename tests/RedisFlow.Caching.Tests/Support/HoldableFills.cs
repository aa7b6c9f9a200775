using RedisFlow.Caching.Loading;

namespace RedisFlow.Caching.Tests;

/// <summary>Passes what a cache loads and sets to the test's <see cref="Hold"/>, while there is one.</summary>
internal sealed class HoldableFills : IFillObserver
{
    public Hold? Hold { get; set; }

    public Task AtAsync(FillStage stage, string key) => Hold?.AtAsync(stage) ?? Task.CompletedTask;
}
