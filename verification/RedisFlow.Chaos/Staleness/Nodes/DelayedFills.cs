using RedisFlow.Caching.Loading;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>Delays loads between their steps at random, so that changes come between.</summary>
internal sealed class DelayedFills(SourceLoads loads) : IFillObserver
{
    /// <inheritdoc/>
    public Task AtAsync(FillStage stage, string key) =>
        stage switch
        {
            FillStage.L2Read => loads.PauseAsync(5),

            // No caller waits for what follows, the fill of Redis; so it may be late by more.
            FillStage.L1Stored => loads.PauseAsync(40),
            _ => Task.CompletedTask,
        };
}
