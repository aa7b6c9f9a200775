using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.Verification;

/// <summary>An application with a stream, as a service would have it, without anything that it was not told.</summary>
public static class StreamApplication
{
    /// <summary>Begins an application with the settings of its stream. It has no logs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="connection">Redis.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="instance">The instance id.</param>
    /// <param name="groups">The declared groups.</param>
    public static HostApplicationBuilder CreateBuilder(
        string name,
        string environment,
        string connection,
        string stream,
        string instance,
        IEnumerable<string> groups
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                ApplicationName = name,
                EnvironmentName = environment,
                DisableDefaults = true,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(
                groups.Select((group, i) => KeyValuePair.Create($"Streams:Groups:{i}", (string?)group))
            )
            {
                ["ConnectionStrings:redis"] = connection,
                ["Streams:Name"] = stream,
                ["Streams:InstanceId"] = instance,
            }
        );
        return builder;
    }
}
