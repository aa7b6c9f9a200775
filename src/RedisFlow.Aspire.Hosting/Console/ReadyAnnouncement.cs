using Microsoft.Extensions.Logging;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Says on the console when the services can be called, and where.</summary>
internal sealed partial class ReadyAnnouncement(
    string category,
    IReadOnlyList<IResourceBuilder<IResourceWithEndpoints>> services,
    string endpointName
)
{
    private readonly HashSet<string> _waiting = [.. services.Select(service => service.Resource.Name)];

    /// <summary>Notes that a service is ready. After a restart it is so again: only the first time counts.</summary>
    public void Ready(IResource service, ILoggerFactory loggers)
    {
        bool isLast;
        lock (_waiting)
        {
            isLast = _waiting.Remove(service.Name) && _waiting.Count == 0;
        }

        if (isLast)
        {
            var logger = loggers.CreateLogger(category);
            var addresses = string.Join(Environment.NewLine, services.Select(Describe));
            LogReady(logger, addresses);
        }
    }

    private string Describe(IResourceBuilder<IResourceWithEndpoints> service)
    {
        var width = services.Max(one => one.Resource.Name.Length);
        return $"  {service.Resource.Name.PadRight(width)}  {service.GetEndpoint(endpointName).Url}";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "All services are ready:\n{Services}")]
    private static partial void LogReady(ILogger logger, string services);
}
