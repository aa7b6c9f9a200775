#pragma warning disable CA1050 // The runtime looks for this name without a namespace.

/// <summary>Loads this assembly into the process; see <c>HoldingStartup</c>.</summary>
internal static class StartupHook
{
    public static void Initialize() { }
}
