namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>How often one client may ask; configuration section <c>RateLimit</c>.</summary>
public sealed class RateLimitOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "RateLimit";

    /// <summary>The highest <see cref="RequestsPerSecond"/>.</summary>
    public const int MostRequestsPerSecond = 1_000_000;

    /// <summary>
    /// How many requests an instance takes from one client's address in a second; further ones are answered with 429.
    /// So many may come at once; what was used up comes back evenly over the second. Health checks are not counted.
    /// IPv6 addresses count by their network of 64 bits. Other services are clients too, and behind a proxy all clients
    /// are one, unless the proxy's headers are believed (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>). 1 to 1,000,000.
    /// Default: 2,000.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 2_000;
}
