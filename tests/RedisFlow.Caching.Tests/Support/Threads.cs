namespace RedisFlow.Caching.Tests;

/// <summary>
/// Runs what keeps a processor busy or blocks: not on the pool's few threads, which the other tests' continuations
/// need.
/// </summary>
internal static class Threads
{
    public static Task Run(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
