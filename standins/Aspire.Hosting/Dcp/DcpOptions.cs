using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dcp;

/// <summary>Settings under <c>DcpPublisher</c>.</summary>
internal sealed class DcpOptions
{
    public const string Section = "DcpPublisher";

    /// <summary>The path of the <c>dcp</c> program.</summary>
    public string CliPath { get; set; } = "";

    /// <summary>The path of the <c>aspire-managed</c> program, which contains the dashboard.</summary>
    public string DashboardPath { get; set; } = "";

    /// <summary><c>docker</c> or <c>podman</c>; by default DCP chooses.</summary>
    public string? ContainerRuntime { get; set; }

    /// <summary>Whether proxies listen on any free port instead of the one that an endpoint names.</summary>
    public bool RandomizePorts { get; set; }

    /// <summary>How long to wait for a container runtime that is starting up. Zero: containers fail one by one instead.</summary>
    public TimeSpan ContainerRuntimeInitializationTimeout { get; set; } = TimeSpan.Zero;
}

internal static class DcpServiceCollectionExtensions
{
    public static void AddDcp(this IServiceCollection services)
    {
        services.AddOptions<DcpOptions>().BindConfiguration(DcpOptions.Section);
        services.AddSingleton<IPostConfigureOptions<DcpOptions>, DcpOptionsFromAppHost>();
        services.AddSingleton<DcpSession>();
        services.AddSingleton<DcpHost>();
        services.AddSingleton<DcpClient>();
        services.AddSingleton<DcpModel>();
        services.AddSingleton<DcpSpecFactory>();
        services.AddSingleton<DcpExecutor>();
        services.AddSingleton<DcpWatcher>();
        services.AddSingleton<DcpLogStreams>();
    }
}

/// <summary>Where the configuration says nothing, the build of the application host does.</summary>
internal sealed class DcpOptionsFromAppHost(AppHostAssembly assembly, IConfiguration configuration) : IPostConfigureOptions<DcpOptions>
{
    public void PostConfigure(string? name, DcpOptions options)
    {
        options.CliPath = FirstNonEmpty(options.CliPath, assembly.DcpPath);
        options.DashboardPath = FirstNonEmpty(options.DashboardPath, assembly.DashboardPath);
        options.ContainerRuntime ??= configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
    }

    private static string FirstNonEmpty(string? first, string? second) => !string.IsNullOrEmpty(first) ? first : second ?? "";
}
