using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.AspNetCore.Requests;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Services.Messaging;

/// <summary>Adds Redis and the stream to a service, under the service's name.</summary>
public static class ServiceStreamsExtensions
{
    /// <summary>
    /// Handlers get this much less than the host: what follows them, flushing acknowledgements, takes time too.
    /// </summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Adds the shared Redis connection and the stream engine. Messages and consumers bear the names of the service and
    /// of its instance, see
    /// <see cref="InstanceIdentity"/>; the configuration section <c>Streams</c> wins over what is set here.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="service">Its name, one of <see cref="ResourceNames"/>.</param>
    public static RedisStreamsBuilder AddServiceStreams(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var instance = builder.GetInstanceIdentity();
        builder.Services.ConfigureAll<StreamOptions>(options =>
        {
            options.Application = service;
            options.InstanceId = instance.Name;
            options.ShutdownTimeout = RequestLimits.Shutdown - StopMargin;
        });
        builder.AddRedis(ResourceNames.Redis);
        return builder
            .AddRedisStreams(ResourceNames.Redis, StreamNames.CacheInvalidation, GroupNames.All)
            .AddMessages(DomainMessages.Files);
    }
}
