using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Instances;

/// <summary>Finds out the identity of this instance.</summary>
public static class InstanceIdentityExtensions
{
    /// <summary>
    /// The setting for an id that stays the same over restarts; right where the service has one replica.
    /// </summary>
    public const string IdSetting = "Instance:Id";

    /// <summary>
    /// Registers the <see cref="InstanceIdentity"/>. The id is <c>Instance:Id</c>, else <c>service.instance.id</c> of
    /// <c>OTEL_RESOURCE_ATTRIBUTES</c>, else the machine's name and the process id. The service is
    /// <c>OTEL_SERVICE_NAME</c>, else the application's name.
    /// </summary>
    public static void AddInstanceIdentity(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var identity = builder.GetInstanceIdentity();
        builder.Services.TryAddSingleton(identity);

        // Producer and consumer of messages; settings of the section that names them win, since they are bound later.
        builder.Services.ConfigureAll<StreamOptions>(options =>
        {
            options.Application = identity.Service;
            options.InstanceId = identity.Name;
        });
    }

    /// <summary>The identity of this instance, for use while the host is built.</summary>
    public static InstanceIdentity GetInstanceIdentity(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var configuration = builder.Configuration;
        var service = NotEmpty(configuration["OTEL_SERVICE_NAME"]) ?? builder.Environment.ApplicationName;
        var id =
            NotEmpty(configuration[IdSetting])
            ?? ResourceAttributes.Find(configuration[ResourceAttributes.Setting], ResourceAttributes.InstanceId)
            ?? $"{Environment.MachineName}-{Environment.ProcessId}";
        return new InstanceIdentity(service, id);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
