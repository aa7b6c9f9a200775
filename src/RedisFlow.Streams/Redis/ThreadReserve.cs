using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// Raises the least number of threads of the pool at start, see <see cref="StreamOptions.MinThreads"/>; never lowers
/// it.
/// </summary>
internal sealed class ThreadReserve(IOptions<StreamOptions> options) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        if (options.Value.MinThreads > workers)
        {
            ThreadPool.SetMinThreads(options.Value.MinThreads, ports);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
