namespace Aspire.Hosting.ApplicationModel;

/// <summary>Host names with a meaning to the orchestrator.</summary>
public static class KnownHostNames
{
    public const string Localhost = "localhost";
}
