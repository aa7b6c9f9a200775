using System.Reflection;

namespace RedisFlow.Services.Tests;

/// <summary>Where things are in the repository.</summary>
internal static class Layout
{
    public static string RepoRoot { get; } = Metadata("RepoRoot");

    /// <summary>The service's built assembly.</summary>
    public static string Assembly(string service) =>
        Path.Combine(RepoRoot, "services", service, Metadata("ServiceOutput"), $"RedisFlow.{service}.dll");

    private static string Metadata(string key) =>
        typeof(Layout)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == key)
            .Value!;
}
