using Mono.Cecil;

namespace RedisFlow.Architecture.Tests;

/// <summary>The assemblies of the repository, as they are beside the test.</summary>
internal static class Libraries
{
    /// <summary>
    /// The map: each project, and the projects that it may use directly or through them. The assembly of RedisFlow.Cli
    /// has the name of its command.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> MayUse { get; } =
        new Dictionary<string, string[]>
        {
            ["RedisFlow.Streams"] = [],
            ["RedisFlow.Streams.EntityFrameworkCore"] = ["RedisFlow.Streams"],
            ["RedisFlow.Caching"] = ["RedisFlow.Streams"],
            ["RedisFlow.AspNetCore"] = ["RedisFlow.Streams", "RedisFlow.Caching"],
            ["RedisFlow.Aspire.Hosting"] = ["RedisFlow.Streams"],
            ["redisflow"] = ["RedisFlow.Streams", "RedisFlow.Caching"],
            ["RedisFlow.Domain"] = ["RedisFlow.Streams"],
            ["RedisFlow.ServiceDefaults"] = ["RedisFlow.Streams", "RedisFlow.Caching", "RedisFlow.AspNetCore"],
        };

    public static AssemblyDefinition Read(string name) =>
        AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
}
