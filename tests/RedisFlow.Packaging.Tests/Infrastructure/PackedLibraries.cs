using System.Globalization;
using System.Security;

namespace RedisFlow.Packaging;

/// <summary>
/// Packs <c>src/</c> once for all tests, into a temporary folder and with a version of its own, so that no package of
/// another build can take its place. Nothing in the repository is written.
/// </summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisflow-packages-");
    private readonly string _suffix = string.Create(CultureInfo.InvariantCulture, $"test.{DateTime.UtcNow.Ticks}");

    /// <summary>Gets the folder with the packages.</summary>
    public string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>Gets what <c>dotnet pack</c> wrote.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Gets the version of the packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Builds a copy of a program of <c>samples/Minimal</c> that gets RedisFlow from these packages.</summary>
    /// <param name="name">The program's folder.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <returns>The path of the built program.</returns>
    internal async Task<string> BuildSampleAsync(string name, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(_folder.FullName, name);
        SampleFiles.CopyTo(copy);
        var project = Path.Combine(copy, name, $"Minimal.{name}.csproj");
        var output = Path.Combine(copy, "out");

        // Packages that were restored before are used as they are; new ones go to a folder that is removed at the end.
        var cache = Path.Combine(_folder.FullName, "cache");
        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = cache };
        await ChildProcess.DotnetAsync(
            [
                "build",
                project,
                "--output",
                output,
                "--nologo",
                "-nodeReuse:false",
                "-p:UseSharedCompilation=false",
                $"-p:RedisFlowVersion={Version}",
                $"-p:RestoreAdditionalProjectSources={Feed}",
                $"-p:RestoreFallbackFolders={GlobalPackages()}",
            ],
            environment,
            cancellationToken
        );
        return Path.Combine(output, $"Minimal.{name}");
    }

    /// <summary>Opens a package, or the one with its symbols.</summary>
    internal Task<PackageFile> ReadAsync(
        string name,
        CancellationToken cancellationToken,
        string extension = "nupkg"
    ) => PackageFile.ReadAsync(Path.Combine(Feed, $"{name}.{Version}.{extension}"), cancellationToken);

    public async ValueTask InitializeAsync()
    {
        var solution = Path.Combine(_folder.FullName, "packages.slnx");
        var projects = PackageSources.Projects.Select(project =>
            $"<Project Path=\"{SecurityElement.Escape(project)}\" />"
        );
        await File.WriteAllTextAsync(solution, $"<Solution>{string.Concat(projects)}</Solution>");
        Output = await ChildProcess.DotnetAsync(
            [
                "pack",
                solution,
                "--configuration",
                "Release",
                "--output",
                Feed,
                "--artifacts-path",
                Path.Combine(_folder.FullName, "artifacts"),
                "--nologo",
                "-nodeReuse:false",
                "-p:UseSharedCompilation=false",
                $"-p:VersionSuffix={_suffix}",
            ],
            new Dictionary<string, string>(),
            CancellationToken.None
        );
        var streams = Assert.Single(Directory.GetFiles(Feed, "RedisFlow.Streams.?.*.nupkg"));
        Version = Path.GetFileNameWithoutExtension(streams)["RedisFlow.Streams.".Length..];
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string GlobalPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}

/// <summary>The tests that share the packages.</summary>
[CollectionDefinition(nameof(PackedLibraries))]
public sealed class PackedLibrariesGroup : ICollectionFixture<PackedLibraries>;
