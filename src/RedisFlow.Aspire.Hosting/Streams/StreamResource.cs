namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A stream as a resource. No process runs for it: the dashboard shows its state, and operators run its commands.
/// </summary>
/// <param name="name">The resource's name.</param>
/// <param name="streamName">The stream's name, which its keys in Redis are derived from.</param>
/// <param name="key">The stream's key within the services; empty for their default stream.</param>
/// <param name="redis">The Redis server that holds the stream.</param>
public sealed class StreamResource(string name, string streamName, string key, IResourceWithConnectionString redis)
    : Resource(name)
{
    private readonly List<StreamConsumer> _consumers = [];

    /// <summary>Gets the stream's name, unless the setting <c>Streams:Name</c> has another one.</summary>
    public string StreamName { get; } = streamName;

    /// <summary>Gets the stream's key within the services; empty for their default stream.</summary>
    public string Key { get; } = key;

    /// <summary>Gets the Redis server that holds the stream.</summary>
    public IResourceWithConnectionString Redis { get; } = redis;

    /// <summary>Gets the resources that consume the stream, each with its consumer group.</summary>
    public IReadOnlyList<StreamConsumer> Consumers => _consumers;

    /// <summary>Gets the section of the stream's settings.</summary>
    internal string ConfigurationSection => Key.Length == 0 ? "Streams" : $"Streams:Additional:{Key}";

    /// <summary>Adds a resource that consumes the stream.</summary>
    internal void Add(StreamConsumer consumer) => _consumers.Add(consumer);
}
