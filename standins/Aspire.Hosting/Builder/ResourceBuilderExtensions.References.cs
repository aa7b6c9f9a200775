using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>References from one resource to another.</summary>
public static partial class ResourceBuilderExtensions
{
    private const string ReferenceRelationship = "Reference";

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        builder.WithReferenceRelationship(resource);
        return builder.WithEnvironment(context =>
        {
            var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
            context.EnvironmentVariables[variable] = new ConnectionStringReference(resource, optional);

            var prefix = string.IsNullOrEmpty(name) ? "" : EnvironmentVariableName.Encode(name).ToUpperInvariant() + "_";
            foreach (var (property, value) in ConnectionProperties(resource))
            {
                context.EnvironmentVariables[prefix + property.ToUpperInvariant()] = value;
            }
        });
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => builder.WithEndpointsOf(source.Resource, endpointName: null, name: null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment => builder.WithEndpointsOf(source.Resource, endpointName: null, name);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointsOf(endpointReference.Resource, endpointReference.EndpointName, name: null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri switch
        {
            { IsAbsoluteUri: false } => throw new InvalidOperationException("The uri for service reference must be absolute."),
            { AbsolutePath: not "/" } => throw new InvalidOperationException("The uri absolute path must be \"/\"."),
            _ => builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(name, uri.ToString()),
        };
    }

    public static ReferenceExpression GetConnectionProperty(this IResourceWithConnectionString resource, string key) =>
        ConnectionProperties(resource).FirstOrDefault(property => string.Equals(property.Key, key, StringComparison.OrdinalIgnoreCase)).Value
        ?? throw new KeyNotFoundException($"Connection property '{key}' not found in resource '{resource.Name}'.");

    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithConnectionString => builder.WithAnnotation(new ConnectionPropertyAnnotation(name, value));

    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, string value)
        where T : IResourceWithConnectionString => builder.WithConnectionProperty(name, ReferenceExpression.Create($"{value}"));

    public static IResourceBuilder<T> WithConnectionStringRedirection<T>(this IResourceBuilder<T> builder, IResourceWithConnectionString resource)
        where T : IResourceWithConnectionString =>
        builder.WithAnnotation(new ConnectionStringRedirectAnnotation(resource), ResourceAnnotationMutationBehavior.Replace);

    private static Dictionary<string, ReferenceExpression> ConnectionProperties(IResourceWithConnectionString resource)
    {
        var properties = new Dictionary<string, ReferenceExpression>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in resource.GetConnectionProperties())
        {
            properties[name] = value;
        }

        foreach (var annotation in resource.Annotations.OfType<ConnectionPropertyAnnotation>())
        {
            properties[annotation.Name] = annotation.Value;
        }

        return properties;
    }

    private static IResourceBuilder<T> WithEndpointsOf<T>(
        this IResourceBuilder<T> builder, IResourceWithEndpoints source, string? endpointName, string? name)
        where T : IResourceWithEnvironment
    {
        builder.WithReferenceRelationship(source);
        return builder.WithEnvironment(context =>
        {
            var serviceName = name ?? source.Name;
            var variablePrefix = EnvironmentVariableName.Encode(name ?? serviceName.ToUpperInvariant());
            foreach (var endpoint in source.GetEndpoints())
            {
                var wanted = endpointName is null
                    ? !endpoint.ExcludeReferenceEndpoint
                    : string.Equals(endpoint.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase);
                if (!wanted)
                {
                    continue;
                }

                context.EnvironmentVariables[$"{variablePrefix}_{EnvironmentVariableName.Encode(endpoint.EndpointName).ToUpperInvariant()}"] = endpoint;

                var discoveryName = endpoint.IsHttpSchemeNamedEndpoint ? endpoint.Scheme : endpoint.EndpointName;
                var index = 0;
                while (context.EnvironmentVariables.ContainsKey($"services__{serviceName}__{discoveryName}__{index}"))
                {
                    index++;
                }

                context.EnvironmentVariables[$"services__{serviceName}__{discoveryName}__{index}"] = endpoint;
            }
        });
    }
}
