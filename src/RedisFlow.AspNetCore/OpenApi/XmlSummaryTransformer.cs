using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>
/// Describes schemas by the XML documentation of their types. ASP.NET Core's own generator reads it only for the
/// project that calls <c>AddOpenApi</c>, which is this one.
/// </summary>
internal sealed class XmlSummaryTransformer : IOpenApiSchemaTransformer
{
    private readonly XmlSummaries _summaries = new();

    public Task TransformAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var type = context.JsonTypeInfo;
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return Task.CompletedTask;
        }

        schema.Description ??= _summaries.OfType(type.Type);
        foreach (var property in type.Properties)
        {
            // A property of an object type refers to that type's schema, which has a description of its own.
            if (
                schema.Properties?.TryGetValue(property.Name, out var described) == true
                && type.Options.GetTypeInfo(property.PropertyType).Kind != JsonTypeInfoKind.Object
            )
            {
                described.Description ??= _summaries.OfParameter(type.Type, property.Name);
            }
        }

        return Task.CompletedTask;
    }
}
