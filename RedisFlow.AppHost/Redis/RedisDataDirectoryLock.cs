using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.AppHost;

/// <summary>
/// Holds the data directory for one AppHost: two servers that append to the same file would destroy it. The operating system gives
/// the lock back when the AppHost ends, however it ends.
/// </summary>
internal sealed class RedisDataDirectoryLock(RedisServerResource server) : IHostedLifecycleService, IDisposable
{
    private FileStream? _file;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(server.DataDirectory, "apphost.lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DistributedApplicationException(
                $"Another AppHost uses the Redis data directory {server.DataDirectory}. Stop it, or choose another one with "
                + "Redis:DataDirectory. Example: --Redis:DataDirectory=/tmp/redisflow-2",
                exception);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _file?.Dispose();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class RedisDataDirectoryLockExtensions
{
    public static IResourceBuilder<RedisServerResource> WithDataDirectoryLock(
        this IResourceBuilder<RedisServerResource> builder,
        RedisServerResource server)
    {
        builder.ApplicationBuilder.Services.AddSingleton<IHostedService>(_ => new RedisDataDirectoryLock(server));
        return builder;
    }
}
