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
        Channel = Options.UseStreamsForInvalidation ? "" : Keys.Channel;
    }

    /// <summary>The key within the application.</summary>
    public string Key { get; }

    /// <summary>The stream's settings, as they were at the start.</summary>
    public StreamOptions Options { get; }

    /// <summary>The stream's keys in Redis.</summary>
    public StreamKeys Keys { get; }

    /// <summary>
    /// The channel on which each entry is announced when it is added, for tails that listen to it; an empty string if
    /// tails read the stream. The one place that decides which of the two it is: publishers hand it to their scripts.
    /// </summary>
    public string Channel { get; }

    /// <summary>Whether entries are announced on <see cref="Channel"/>.</summary>
    public bool IsAnnounced => Channel.Length > 0;

    /// <summary>The stream's name.</summary>
    public string Name => Keys.StreamName;
}
