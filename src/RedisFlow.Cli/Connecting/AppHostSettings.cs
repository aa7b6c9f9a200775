using System.Globalization;
using Microsoft.Extensions.Configuration;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Connecting;

/// <summary>
/// Where the AppHost's Redis is: external (<c>ConnectionStrings:redis</c>), a process (the configuration file that the
/// AppHost writes), or a container on a fixed port (<c>Redis:Port</c> and the password among the user secrets).
/// </summary>
internal static class AppHostSettings
{
    /// <summary>Reads where it is.</summary>
    /// <returns>The connection; or what was found instead, in words.</returns>
    public static (ConnectionTarget? Target, string Finding) Read(AppHostProject? appHost, Terminal terminal) =>
        appHost is null
            ? (null, $"the settings of the AppHost: no folder {AppHostProject.Pattern} in {terminal.Folder} or above")
            : Read(appHost.Folder, appHost.Settings);

    private static (ConnectionTarget? Target, string Finding) Read(string appHost, IConfiguration settings)
    {
        var mode = settings["Redis:Mode"] ?? "auto";
        if (Is(mode, "auto") || Is(mode, "external"))
        {
            if (settings.GetConnectionString(ConnectionTarget.Name) is { Length: > 0 } external)
            {
                return (ConnectionTarget.Of(external, "the AppHost's ConnectionStrings:redis"), "");
            }
        }

        var data = Path.GetFullPath(
            settings["Redis:DataDirectory"] is { Length: > 0 } set ? set : "../artifacts/redis",
            appHost
        );
        var file = Path.Combine(data, "redis.conf");
        var hasFile = (Is(mode, "auto") || Is(mode, "process")) && File.Exists(file);
        var server = hasFile ? RedisConfigurationFile.Read(file) : default;
        var port = server.Port ?? settings["Redis:Port"];
        var password = server.Password ?? settings[$"Parameters:{ConnectionTarget.Name}-password"];
        if (!string.IsNullOrEmpty(port) && !string.IsNullOrEmpty(password))
        {
            var origin = hasFile ? file : $"the AppHost's Redis:Port and Parameters:{ConnectionTarget.Name}-password";
            if (!ConnectionTarget.CanCarry(password))
            {
                throw new UsageException(
                    $"The password from {origin} has a comma, or white space at an end, which the client library "
                        + "cannot take."
                );
            }

            return (
                ConnectionTarget.Of(
                    string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},password={password}"),
                    origin
                ),
                ""
            );
        }

        var lacks = hasFile
            ? $"{file} has no {(string.IsNullOrEmpty(port) ? "port" : "password")}"
            : $"no {file} (a server as a process); no Redis:Port with a password among the user secrets (a container)";
        return (null, $"the settings of the AppHost in {appHost}: no ConnectionStrings:redis; {lacks}");
    }

    private static bool Is(string mode, string name) => mode.Equals(name, StringComparison.OrdinalIgnoreCase);
}
