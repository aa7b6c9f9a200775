namespace RedisFlow.ServiceDefaults.Admin;

/// <summary>Who may call the operators' endpoints; configuration section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Admin";

    /// <summary>The fewest characters of a <see cref="Key"/>.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The most characters of a <see cref="Key"/>.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>
    /// The secret that callers of the operators' endpoints send in <see cref="AdminKeyEndpoints.Header"/>: 16 to 256 visible ASCII characters, since
    /// a header must be able to carry it. Default: none, and then those endpoints answer nobody.
    /// </summary>
    public string? Key { get; set; }
}
