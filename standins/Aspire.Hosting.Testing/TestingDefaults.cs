using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>How an application under test differs from one that is run: no dashboard, any free ports, its launch profile's environment.</summary>
internal static class TestingDefaults
{
    public static void Apply(
        DistributedApplicationOptions options,
        HostApplicationBuilderSettings settings,
        string[] args,
        Assembly assembly,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        var projectDirectory = new AppHostAssembly(assembly).ProjectDirectory;
        if (Directory.Exists(projectDirectory))
        {
            options.ProjectDirectory ??= projectDirectory;
            settings.ContentRootPath ??= projectDirectory;
        }

        settings.ApplicationName ??= assembly.GetName().Name;
        options.AssemblyName ??= assembly.FullName;
        options.DisableDashboard = true;
        settings.Args = [.. settings.Args ?? [], .. args];
        settings.Configuration ??= new();
        settings.Configuration.AddInMemoryCollection(
        [
            new("DcpPublisher:RandomizePorts", "true"),
            new(HostDefaults.EnvironmentKey, Environments.Development),
        ]);

        configureBuilder(options, settings);
        AddLaunchProfile(settings, projectDirectory);
    }

    private static void AddLaunchProfile(HostApplicationBuilderSettings settings, string? projectDirectory)
    {
        if (projectDirectory is null || LaunchSettingsReader.Read(projectDirectory) is not { Profiles.Count: > 0 } launchSettings)
        {
            return;
        }

        var given = new ConfigurationBuilder().AddConfiguration(settings.Configuration!).AddCommandLine(settings.Args ?? []).Build();
        var name = given["DOTNET_LAUNCH_PROFILE"] ?? launchSettings.Profiles.First().Key;
        if (!launchSettings.Profiles.TryGetValue(name, out var profile))
        {
            throw new InvalidOperationException($"The configured launch profile, '{name}', was not found in the launch settings file.");
        }

        var values = new Dictionary<string, string?> { ["DOTNET_LAUNCH_PROFILE"] = name };
        foreach (var (variable, value) in profile.EnvironmentVariables)
        {
            values[variable] = value;
            foreach (var prefix in (string[])["DOTNET_", "ASPNETCORE_"])
            {
                if (variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    values[variable[prefix.Length..]] = value;
                }
            }
        }

        // The environment's default gives way to the profile; what else is set stays.
        settings.Configuration!.AddInMemoryCollection(values.Where(pair => pair.Key == "ENVIRONMENT" || given[pair.Key] is null));
    }
}
