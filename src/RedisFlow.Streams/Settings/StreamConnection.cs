using Microsoft.Extensions.Configuration;

namespace RedisFlow.Streams.Settings;

/// <summary>
/// Where the streams are: the connection string from which the blocking loops open connections of their own.
/// </summary>
internal sealed class StreamConnection(string name, IConfiguration configuration)
{
    /// <summary>The connection string's name.</summary>
    public string Name => name;

    /// <summary>The connection string; <c>null</c> if configuration has none.</summary>
    public string? ConnectionString => configuration.GetConnectionString(name);
}
