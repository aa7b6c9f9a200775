using RedisFlow.Aspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Declares the services that consume a stream.</summary>
public static class StreamConsumerBuilderExtensions
{
    /// <summary>
    /// Declares that a service consumes a stream as a member of a group. The service gets the commands
    /// <c>pause-consumer</c>, <c>resume-consumer</c>, <c>claim-stale</c> and <c>replay</c>, and shows whether its group
    /// is paused. It gets no reference to Redis by this.
    /// </summary>
    /// <remarks>
    /// <c>Commands:ClaimMinIdle</c> is what <c>claim-stale</c> suggests (15 s; 1 s to 1 day): how long a pending entry
    /// must have been left alone to be taken from its consumer. Workers that live renew theirs each third of the
    /// services' <c>Streams:LeaseDuration</c>; half of it is safe.
    /// </remarks>
    /// <typeparam name="T">The service's type.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="group">The consumer group's name. The default is the name of the service's resource.</param>
    /// <returns>The service.</returns>
    /// <exception cref="InvalidOperationException">The service was declared as a consumer before.</exception>
    /// <exception cref="DistributedApplicationException">A setting is out of range.</exception>
    public static IResourceBuilder<T> WithStreamConsumer<T>(
        this IResourceBuilder<T> service,
        IResourceBuilder<StreamResource> stream,
        string? group = null
    )
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(stream);
        var consumer = new StreamConsumer(service.Resource, group ?? service.Resource.Name);
        ArgumentException.ThrowIfNullOrWhiteSpace(consumer.Group, nameof(group));

        // The commands of a second stream would take the place of those of the first.
        var commands = service.Resource.Annotations.OfType<ResourceCommandAnnotation>();
        if (commands.Any(command => command.Name == ConsumerCommands.Pause))
        {
            throw new InvalidOperationException(
                $"The resource '{service.Resource.Name}' is a stream's consumer already; it can be one once."
            );
        }

        stream.Resource.Add(consumer);
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            var minIdle = new SettingReader(service.ApplicationBuilder.Configuration, "Commands").Span(
                "ClaimMinIdle",
                TimeSpan.FromSeconds(15),
                TimeSpan.FromSeconds(1),
                ConsumerCommands.MaxClaimMinIdle
            );
            new ConsumerCommands(stream.Resource, consumer.Group, minIdle).AddTo(service);
        }

        return service;
    }
}
