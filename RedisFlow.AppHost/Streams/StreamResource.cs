namespace RedisFlow.AppHost;

/// <summary>The stream of invalidations as a resource: nothing runs for it, it is looked at and worked on.</summary>
/// <param name="name">The resource's name.</param>
internal sealed class StreamResource(string name) : Resource(name);
