using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Sends each request to an endpoint of the service that its host names, one after the other.</summary>
internal sealed class ResolvingHttpDelegatingHandler(ConfiguredEndpoints endpoints) : DelegatingHandler
{
    private readonly ConcurrentDictionary<string, StrongBox<uint>> _next = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var original = request.RequestUri
            ?? throw new InvalidOperationException("Cannot resolve an endpoint for a request which has no RequestUri");

        request.RequestUri = Resolve(original);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A retry resolves anew, and so tries the next endpoint.
            request.RequestUri = original;
        }
    }

    private Uri Resolve(Uri original)
    {
        var query = ServiceQuery.From(original);
        var found = endpoints.Find(query);
        if (found.Count == 0)
        {
            return PassThrough(original, query);
        }

        var next = _next.GetOrAdd(original.GetLeftPart(UriPartial.Authority), _ => new StrongBox<uint>());
        return EndpointUri.Apply(original, found[(int)(Interlocked.Increment(ref next.Value) % (uint)found.Count)]);
    }

    private static Uri PassThrough(Uri original, ServiceQuery query) =>
        new UriBuilder(original) { Scheme = query.Schemes[0], Host = query.Name }.Uri;
}
