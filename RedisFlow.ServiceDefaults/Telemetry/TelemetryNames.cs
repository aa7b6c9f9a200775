namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>The activity sources and meters that every service exports.</summary>
internal static class TelemetryNames
{
    /// <summary>The project's own, each both an activity source and a meter.</summary>
    public static readonly string[] Project = ["RedisFlow.Streams", "RedisFlow.Caching"];

    /// <summary>The platform's activity sources.</summary>
    public static readonly string[] PlatformSources = ["Microsoft.AspNetCore", "System.Net.Http"];

    /// <summary>The platform's meters.</summary>
    public static readonly string[] PlatformMeters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Net.Http", "System.Runtime"];
}
