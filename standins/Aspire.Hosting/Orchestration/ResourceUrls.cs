using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Collects the URLs of a resource's endpoints, lets callbacks change them, and publishes them.</summary>
internal sealed class ResourceUrls(
    ResourceNotificationService notifications, ResourceLoggerService loggers, DistributedApplicationExecutionContext executionContext)
{
    public async Task PublishAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new ResourceUrlsCallbackContext(executionContext, resource, [.. EndpointUrls(resource)], cancellationToken)
        {
            Logger = loggers.GetLogger(resource),
        };
        context.Urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        await notifications.PublishUpdateAsync(resource, state => state with
        {
            Urls =
            [
                .. context.Urls.Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, url.Url, url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
                {
                    // Active as soon as the resource runs.
                    IsInactive = url.Endpoint is not null,
                    DisplayProperties = new(url.DisplayText ?? "", url.DisplayOrder ?? 0),
                }),
            ],
        });
    }

    private static IEnumerable<ResourceUrlAnnotation> EndpointUrls(IResource resource) => resource is IResourceWithEndpoints owner
        ? owner.GetEndpoints().Where(endpoint => endpoint.IsAllocated).Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint })
        : [];
}
