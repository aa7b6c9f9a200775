using System.Diagnostics;

namespace RedisFlow.Integration;

/// <summary>
/// Where the Redis of a test keeps its data: a folder, or a volume where the variable <c>REDISFLOW_TEST_REDIS_MODE</c>
/// is <c>container</c>. Never those of the developer. Removed when disposed, after the application.
/// </summary>
public sealed class RedisStorage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("redisflow-integration-");

    /// <summary>The AppHost's <c>Redis:Mode</c> in these tests.</summary>
    public static string Mode { get; } =
        Environment.GetEnvironmentVariable("REDISFLOW_TEST_REDIS_MODE") is { Length: > 0 } mode ? mode : "process";

    /// <summary>Whether Redis runs in a container.</summary>
    public static bool IsContainer => Mode == "container";

    /// <summary>The AppHost's arguments.</summary>
    public string[] Arguments =>
        [$"--Redis:Mode={Mode}", $"--Redis:DataDirectory={Folder}", $"--Redis:DataVolume={Volume}"];

    /// <summary>The folder; where Redis runs as a process, its data is there.</summary>
    public string Folder => _directory.FullName;

    /// <summary>What <c>CONFIG GET dir</c> answers.</summary>
    public string ServerDirectory => IsContainer ? "/data" : Folder;

    /// <summary>The volume's name.</summary>
    public string Volume => _directory.Name;

    public async ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        if (IsContainer)
        {
            await RemoveVolumeAsync();
        }
    }

    // Docker refuses that while a container has the volume, so this also proves that the application has removed its
    // container. "--force" is for a volume that was never made, because the application did not start.
    private async Task RemoveVolumeAsync()
    {
        var client = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } chosen
            ? chosen
            : "docker";
        using var process = Process.Start(
            new ProcessStartInfo(client, ["volume", "rm", "--force", Volume])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        using var deadline = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        await output;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{client} could not remove the volume {Volume}: {await errors}");
        }
    }
}
