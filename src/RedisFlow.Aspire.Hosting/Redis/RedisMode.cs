namespace RedisFlow.Aspire.Hosting;

/// <summary>How the application gets its Redis server; setting <c>Mode</c>.</summary>
internal enum RedisMode
{
    /// <summary>A container where a container runtime answers, else a process.</summary>
    Auto,

    /// <summary>A container with a data volume.</summary>
    Container,

    /// <summary>A local <c>redis-server</c> with a data directory that is kept between runs.</summary>
    Process,

    /// <summary>A server that runs elsewhere, given as a connection string of the resource's name.</summary>
    External,
}
