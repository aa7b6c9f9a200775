namespace RedisFlow.Domain;

/// <summary>
/// Names of the resources in the distributed application; also the host names that service discovery resolves.
/// </summary>
public static class ResourceNames
{
    /// <summary>The Redis server, and the name of its connection string.</summary>
    public const string Redis = "redis";

    /// <summary>The stream of invalidations, shown under the Redis server.</summary>
    public const string Stream = "stream";

    /// <summary>The service that owns companies, dealerships, users and roles.</summary>
    public const string Organization = "organization";

    /// <summary>The read-heavy service that caches company reports.</summary>
    public const string Reporting = "reporting";

    /// <summary>The service that derives figures from companies and dealerships; runs as two replicas.</summary>
    public const string Analytics = "analytics";

    /// <summary>The service that previews invoices for users whose roles allow it.</summary>
    public const string Billing = "billing";

    /// <summary>The services that consume the stream and cache what they derive from Organization.</summary>
    public static IReadOnlyList<string> Consumers { get; } = [Reporting, Analytics, Billing];
}
