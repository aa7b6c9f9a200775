namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What an address asks for: <c>https+http://_endpoint.name</c>.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Endpoint">The endpoint's name, if the address has one.</param>
/// <param name="Schemes">The schemes that will do, the best first.</param>
internal sealed record ServiceQuery(string Name, string? Endpoint, IReadOnlyList<string> Schemes)
{
    public static ServiceQuery From(Uri uri)
    {
        var schemes = uri.Scheme.Split('+');
        var host = uri.Host;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return host.StartsWith('_') && dot > 1 && !host.EndsWith('.')
            ? new ServiceQuery(host[(dot + 1)..], host[1..dot], schemes)
            : new ServiceQuery(host, null, schemes);
    }
}
