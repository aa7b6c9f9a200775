using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace RedisFlow.AppHost;

/// <summary>The section <c>Redis</c> of the AppHost's configuration.</summary>
/// <param name="Mode"><c>Redis:Mode</c>.</param>
/// <param name="ServerPath"><c>Redis:ServerPath</c>: the <c>redis-server</c> program of process mode; a name is looked up in PATH.</param>
/// <param name="DataDirectory"><c>Redis:DataDirectory</c>: where process mode keeps its data; absolute.</param>
/// <param name="DataVolume"><c>Redis:DataVolume</c>: the name of the volume in which container mode keeps its data.</param>
/// <param name="Port"><c>Redis:Port</c>: the port on the host; <c>null</c> for a free one.</param>
internal sealed partial record RedisOptions(RedisMode Mode, string ServerPath, string DataDirectory, string DataVolume, int? Port)
{
    private const string Section = "Redis";
    private const string DefaultDataVolume = "redisflow-redis-data";

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex VolumeName { get; }

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="DistributedApplicationException">A setting is not usable; the message names it and shows an example.</exception>
    public static RedisOptions Read(IConfiguration configuration, string appHostDirectory)
    {
        var section = configuration.GetSection(Section);
        return new RedisOptions(
            ReadMode(section["Mode"]),
            section["ServerPath"] is { Length: > 0 } path ? path : "redis-server",
            Path.GetFullPath(section["DataDirectory"] is { Length: > 0 } directory ? directory : "../artifacts/redis", appHostDirectory),
            ReadVolume(section["DataVolume"]),
            ReadPort(section["Port"]));
    }

    private static RedisMode ReadMode(string? text) =>
        string.IsNullOrWhiteSpace(text) ? RedisMode.Auto
        : Enum.TryParse<RedisMode>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode
        : throw new DistributedApplicationException(
            $"The setting {Section}:Mode is '{text}'; it must be one of auto, container, process, external. Example: --Redis:Mode=process");

    // What Docker and Podman take as a name. Anything else with a slash would be a folder of the host.
    private static string ReadVolume(string? text) =>
        string.IsNullOrWhiteSpace(text) ? DefaultDataVolume
        : VolumeName.IsMatch(text) ? text
        : throw new DistributedApplicationException(
            $"The setting {Section}:DataVolume is '{text}'; it must be two or more letters, digits, dots, dashes and underscores, the first a letter "
            + "or a digit. Example: --Redis:DataVolume=redisflow-2");

    private static int? ReadPort(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text, out var port) && port is > 0 and < 65536 ? port
        : throw new DistributedApplicationException(
            $"The setting {Section}:Port is '{text}'; it must be a port from 1 to 65535, or empty for a free one. Example: --Redis:Port=6379");
}
