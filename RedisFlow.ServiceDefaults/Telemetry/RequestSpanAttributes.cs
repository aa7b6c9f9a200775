namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>
/// ASP.NET Core 10 can put the attributes of the request (<c>http.request.method</c>, <c>url.path</c> and others, by OpenTelemetry's
/// conventions) on its spans, but leaves that off by default; ASP.NET Core 11 turns it on.
/// </summary>
internal static class RequestSpanAttributes
{
    private const string SuppressSwitch = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    /// <summary>Turns it on, unless the application decided about it. To be called before the host is built.</summary>
    public static void Enable()
    {
        if (!AppContext.TryGetSwitch(SuppressSwitch, out _))
        {
            AppContext.SetSwitch(SuppressSwitch, false);
        }
    }
}
