using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Holds the data for one AppHost: two servers that append to the same file would destroy it. The operating system
/// gives the lock back when the AppHost ends, however it ends.
/// </summary>
/// <param name="path">The file that is locked.</param>
/// <param name="options">How it is opened.</param>
/// <param name="refusal">What the second AppHost is told.</param>
internal sealed class DataLock(string path, FileOptions options, string refusal) : IHostedLifecycleService, IDisposable
{
    // Docker and Podman let two containers have one volume. The lock counts for this user's AppHosts on this machine.
    private static string Volumes =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.Create
            ),
            "RedisFlow",
            "volumes"
        );

    private FileStream? _file;

    /// <summary>Holds the directory of a process.</summary>
    public static DataLock OfDirectory(ServerOptions server) =>
        new(
            Path.Combine(server.DataDirectory, "apphost.lock"),
            FileOptions.None,
            $"Another AppHost uses the {server.Kind.Product} data directory {server.DataDirectory}. Stop it, or choose "
                + $"another one with {server.Section}:DataDirectory. "
                + $"Example: --{server.Section}:DataDirectory=/tmp/{server.Name}-2"
        );

    /// <summary>Holds a container engine's volume.</summary>
    public static DataLock OfVolume(ServerOptions server) =>
        new(
            Path.Combine(Volumes, $"{server.DataVolume}.lock"),
            FileOptions.DeleteOnClose,
            $"Another AppHost uses the {server.Kind.Product} data volume {server.DataVolume}. Stop it, or choose "
                + $"another one with {server.Section}:DataVolume. "
                + $"Example: --{server.Section}:DataVolume={server.Name}-2"
        );

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            _file = new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1,
                options
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(refusal, exception);
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

internal static class DataLockExtensions
{
    /// <summary>Lets the AppHost start only where no other one has the data. Publishing needs none.</summary>
    public static IResourceBuilder<T> WithDataLock<T>(this IResourceBuilder<T> builder, DataLock hold)
        where T : IResource
    {
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            builder.ApplicationBuilder.Services.AddSingleton<IHostedService>(_ => hold);
        }

        return builder;
    }
}
