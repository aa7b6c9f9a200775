namespace RedisFlow.Aspire.Hosting;

/// <summary>How the application gets a server; setting <c>Mode</c>.</summary>
internal enum ServerMode
{
    /// <summary>A container where a container runtime answers, else a process.</summary>
    Auto,

    /// <summary>A container with a data volume.</summary>
    Container,

    /// <summary>A local process with a data directory that is kept between runs.</summary>
    Process,

    /// <summary>A server that runs elsewhere, given as a connection string of the resource's name.</summary>
    External,
}
