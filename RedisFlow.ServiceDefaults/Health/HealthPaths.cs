using Microsoft.AspNetCore.Http;

namespace RedisFlow.ServiceDefaults.Health;

/// <summary>The paths of the health endpoints.</summary>
internal static class HealthPaths
{
    /// <summary>Ready: every check passes.</summary>
    public const string Ready = "/health";

    /// <summary>Alive: the process answers.</summary>
    public const string Alive = "/alive";

    public static bool Contains(PathString path) =>
        path.Equals(Ready, StringComparison.OrdinalIgnoreCase)
        || path.Equals(Alive, StringComparison.OrdinalIgnoreCase);
}
