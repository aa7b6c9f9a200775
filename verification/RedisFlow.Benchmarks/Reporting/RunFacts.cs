using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>What figures depend on: machine, versions, moment.</summary>
internal sealed record RunFacts(
    DateTimeOffset Date,
    string Commit,
    string Processor,
    int Cores,
    string Memory,
    string OperatingSystem,
    string DataFileSystem,
    string Runtime,
    string GarbageCollection,
    string Configuration,
    string ClientLibrary,
    string LoadBefore
)
{
    /// <summary>The server's version; <c>null</c> before it ran.</summary>
    public string? Redis { get; init; }

    /// <summary>How long the run took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The machine's load at the end.</summary>
    public string LoadAfter { get; init; } = "";

    /// <summary>Whether other programs kept the machine busy when the run began.</summary>
    public bool WasBusy => double.TryParse(LoadBefore, CultureInfo.InvariantCulture, out var load) && load > Cores;

    /// <summary>Looks around.</summary>
    public static async Task<RunFacts> CollectAsync(CancellationToken cancellationToken) =>
        new(
            TimeProvider.System.GetUtcNow(),
            await Machine.CommitAsync(cancellationToken),
            Machine.Processor() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB"
            ),
            RuntimeInformation.OSDescription,
            FileSystem(),
            RuntimeInformation.FrameworkDescription,
            GCSettings.IsServerGC ? "server" : "workstation",
#if DEBUG
            "Debug (figures of a Debug build mean nothing)",
#else
            "Release",
#endif
            $"StackExchange.Redis {VersionOf(typeof(ConnectionMultiplexer).Assembly)}",
            Machine.Load()
        );

    // The package's version: that of the assembly stays the same for all of a major version.
    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <summary>On tmpfs an fsync costs nothing, and "always" says little.</summary>
    private static string FileSystem() => new DriveInfo(Path.GetTempPath()).DriveFormat;
}
