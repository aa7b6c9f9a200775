namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The assembly of the application host; by default the one that was started.</summary>
    public string? AssemblyName { get; set; }

    public bool DisableDashboard { get; set; }

    /// <summary>Lets the dashboard listen on http addresses.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Writes the resources' console logs to the application's log.</summary>
    public bool EnableResourceLogging { get; set; }

    public string? DashboardApplicationName { get; set; }

    /// <summary>The folder of the application host's project.</summary>
    public string? ProjectDirectory { get; set; }
}
