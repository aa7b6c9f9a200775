using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Endpoints as URIs; one given as host and port alone gets the scheme <see cref="NoScheme"/>.</summary>
internal static class EndpointUri
{
    public const string NoScheme = "none";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        return !string.IsNullOrWhiteSpace(text)
            && Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"{NoScheme}://{text}", UriKind.Absolute, out uri);
    }

    /// <summary>The request's address with the endpoint's scheme, host, port and base path.</summary>
    public static Uri Apply(Uri request, Uri endpoint)
    {
        var result = new UriBuilder(request) { Host = endpoint.Host };
        result.Scheme = endpoint.Scheme == NoScheme ? request.Scheme.Split('+')[0] : endpoint.Scheme;
        if (endpoint.Port > 0)
        {
            result.Port = endpoint.Port;
        }

        if (endpoint.AbsolutePath.Length > 1)
        {
            result.Path = $"{endpoint.AbsolutePath.TrimEnd('/')}/{request.AbsolutePath.TrimStart('/')}";
        }

        return result.Uri;
    }
}
