using System.Reflection;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting;

/// <summary>What the build wrote into the application host's assembly.</summary>
internal sealed class AppHostAssembly
{
    private readonly ILookup<string, string?> _metadata;

    public AppHostAssembly(Assembly? assembly)
    {
        Assembly = assembly;
        _metadata = (assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
            .ToLookup(attribute => attribute.Key, attribute => attribute.Value, StringComparer.OrdinalIgnoreCase);
    }

    public Assembly? Assembly { get; }

    public string? ProjectDirectory => Get("apphostprojectpath");

    public string? DcpPath => Get("dcpclipath");

    public string? DashboardPath => Get("aspiredashboardpath");

    public string? UserSecretsId => Assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;

    /// <summary>The program that the build made from a project that the application host refers to.</summary>
    public string? GetProjectOutput(string projectPath) => Get("projectoutput:" + projectPath);

    private string? Get(string key) => _metadata[key].FirstOrDefault(value => !string.IsNullOrEmpty(value));
}
