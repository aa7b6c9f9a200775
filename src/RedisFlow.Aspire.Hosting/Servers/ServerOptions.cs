using System.Text.RegularExpressions;

namespace RedisFlow.Aspire.Hosting;

/// <summary>The settings that every server has: a section of the AppHost's configuration.</summary>
/// <param name="Kind">What kind of server it is.</param>
/// <param name="Name">The resource's name.</param>
/// <param name="Section">The section, e.g. <c>Redis</c>.</param>
/// <param name="Mode"><c>Mode</c>, resolved: never <see cref="ServerMode.Auto"/>.</param>
/// <param name="DataDirectory"><c>DataDirectory</c>: where process mode keeps its data; absolute.</param>
/// <param name="DataVolume"><c>DataVolume</c>: the name of the volume in which container mode keeps its data.</param>
/// <param name="Port"><c>Port</c>: the port on the host; <c>null</c> for a free one.</param>
internal sealed partial record ServerOptions(
    ServerKind Kind,
    string Name,
    string Section,
    ServerMode Mode,
    string DataDirectory,
    string DataVolume,
    int? Port
)
{
    private const string AppHostSuffix = ".AppHost";

    // What Docker and Podman take as a name. Anything else with a slash would be a folder of the host.
    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex VolumeName { get; }

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="DistributedApplicationException">
    /// A setting is not usable; the message names it and shows an example.
    /// </exception>
    public static ServerOptions Read(
        IDistributedApplicationBuilder builder,
        ServerKind kind,
        string name,
        string section
    )
    {
        var settings = builder.Configuration.GetSection(section);
        var directory = settings["DataDirectory"] is { Length: > 0 } set ? set : $"../artifacts/{name}";
        var mode = ReadMode(section, settings["Mode"]);
        var volume = ReadVolume(section, settings["DataVolume"]) ?? DefaultVolume(builder, name);
        var port = ReadPort(kind, section, settings["Port"]);
        return new ServerOptions(
            kind,
            name,
            section,
            Resolve(builder, mode),
            Path.GetFullPath(directory, builder.AppHostDirectory),
            volume,
            port
        );
    }

    // What is published is deployed as a container: only a developer's machine may lack a container runtime.
    private static ServerMode Resolve(IDistributedApplicationBuilder builder, ServerMode mode) =>
        mode == ServerMode.External ? mode
        : builder.ExecutionContext.IsPublishMode ? ServerMode.Container
        : mode != ServerMode.Auto ? mode
        : ContainerRuntime.Answers(builder) ? ServerMode.Container
        : ServerMode.Process;

    private static ServerMode ReadMode(string section, string? text) =>
        string.IsNullOrWhiteSpace(text) ? ServerMode.Auto
        : Enum.TryParse<ServerMode>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode
        : throw new DistributedApplicationException(
            $"The setting {section}:Mode is '{text}'; it must be one of auto, container, process, external. "
                + $"Example: --{section}:Mode=process"
        );

    private static string? ReadVolume(string section, string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : VolumeName.IsMatch(text) ? text
        : throw new DistributedApplicationException(
            $"The setting {section}:DataVolume is '{text}'; it must be two or more letters, digits, dots, dashes and "
                + $"underscores, the first a letter or a digit. Example: --{section}:DataVolume=redisflow-2"
        );

    private static int? ReadPort(ServerKind kind, string section, string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text, out var port) && port is > 0 and < 65536 ? port
        : throw new DistributedApplicationException(
            $"The setting {section}:Port is '{text}'; it must be a port from 1 to 65535, or empty for a free one. "
                + $"Example: --{section}:Port={kind.Port}"
        );

    // Volumes are the machine's: the application's name keeps those of two applications apart.
    private static string DefaultVolume(IDistributedApplicationBuilder builder, string name)
    {
        var application = builder.Environment.ApplicationName;
        if (application.EndsWith(AppHostSuffix, StringComparison.OrdinalIgnoreCase))
        {
            application = application[..^AppHostSuffix.Length];
        }

#pragma warning disable CA1308 // A volume's name, not a comparison.
        return $"{NoVolumeCharacter.Replace(application.ToLowerInvariant(), "-")}-{name}-data";
#pragma warning restore CA1308
    }

    [GeneratedRegex("[^a-z0-9_.-]")]
    private static partial Regex NoVolumeCharacter { get; }
}
