using Microsoft.Extensions.Hosting;
using RedisFlow.Streams.Settings;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// Raises the least number of threads of the pool at start, see <see cref="StreamOptions.MinThreads"/>; never lowers
/// it.
/// </summary>
internal sealed class ThreadReserve(IEnumerable<StreamContext> streams) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var wanted = streams.Max(stream => stream.Options.MinThreads);
        ThreadPool.GetMinThreads(out var workers, out var ports);
        if (wanted > workers)
        {
            ThreadPool.SetMinThreads(wanted, ports);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
