using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.Settings;

/// <summary>
/// One of the application's streams. Everything that belongs to a stream is registered under its key.
/// </summary>
internal sealed class StreamContext
{
    /// <summary>The key of the default stream; that of an additional one is chosen by the application.</summary>
    public const string DefaultKey = "";

    public StreamContext([ServiceKey] string key, IOptionsMonitor<StreamOptions> options)
    {
        Key = key;
        Options = options.Get(key);
        Keys = new StreamKeys(Options.Name);
    }

    /// <summary>The key within the application.</summary>
    public string Key { get; }

    /// <summary>The stream's settings, as they were at the start.</summary>
    public StreamOptions Options { get; }

    /// <summary>The stream's keys in Redis.</summary>
    public StreamKeys Keys { get; }

    /// <summary>The stream's name.</summary>
    public string Name => Keys.StreamName;
}
