namespace RedisFlow.AspNetCore.Admin;

/// <summary>Who may call the operators' endpoints, and how often; configuration section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Admin";

    /// <summary>The fewest characters of a <see cref="Key"/>.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The most characters of a <see cref="Key"/>.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>The highest <see cref="RequestsPerMinute"/>.</summary>
    public const int MostRequestsPerMinute = 100_000;

    /// <summary>
    /// The secret that callers of the operators' endpoints send in <see cref="AdminKeyEndpoints.Header"/>: 16 to 256
    /// visible ASCII characters, since a header must be able to carry it. Default: none, and then those endpoints
    /// answer no one.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// How many requests to the operators' endpoints an instance takes from one client's address in a minute, with the
    /// right key or without; further ones are answered with 429. So many may come at once; what was used up comes back
    /// evenly over the minute. Clients are told apart as
    /// <see cref="RateLimits.RateLimitOptions.RequestsPerSecond"/> says. 1 to 100,000. Default: 300.
    /// </summary>
    public int RequestsPerMinute { get; set; } = 300;
}
