using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Reads the endpoints of services from the configuration.</summary>
internal sealed class ConfiguredEndpoints(IConfiguration configuration)
{
    private const string SectionName = "Services";
    private const string DefaultEndpoint = "default";

    /// <summary>The endpoints in their order; none if the configuration does not name the service or the endpoint.</summary>
    /// <exception cref="KeyNotFoundException">The section is there, but not readable as endpoints.</exception>
    public IReadOnlyList<Uri> Find(ServiceQuery query)
    {
        var service = configuration.GetSection(SectionName).GetSection(query.Name);
        var section = query.Endpoint is { } named
            ? service.GetSection(named)
            : query.Schemes.Prepend(DefaultEndpoint).Select(service.GetSection).FirstOrDefault(s => s.Exists());
        if (section is null || !section.Exists())
        {
            return [];
        }

        List<Uri> all = string.IsNullOrWhiteSpace(section.Value)
            ? [.. section.GetChildren().Select(child => Parse(query.Name, section, child))]
            : [Parse(query.Name, section, section)];

        return BestScheme(all, query.Schemes);
    }

    /// <summary>Those with the most preferred scheme that any of them has, and those without a scheme.</summary>
    private static List<Uri> BestScheme(List<Uri> endpoints, IReadOnlyList<string> schemes)
    {
        var best = schemes.FirstOrDefault(scheme => endpoints.Any(e => e.Scheme == scheme));
        return [.. endpoints.Where(e => e.Scheme == best || e.Scheme == EndpointUri.NoScheme)];
    }

    private static Uri Parse(string service, IConfigurationSection endpoint, IConfigurationSection value)
    {
        if (value != endpoint && !int.TryParse(value.Key, out _))
        {
            throw new KeyNotFoundException($"The endpoints of 'Services:{service}:{endpoint.Key}' must have numbers as keys, not '{value.Key}'.");
        }

        return EndpointUri.TryParse(value.Value, out var uri)
            ? uri
            : throw new KeyNotFoundException($"'{value.Value}' in '{value.Path}' is no endpoint, e.g. http://localhost:5000.");
    }
}
