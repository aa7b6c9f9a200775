using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>
/// Describes the engine's types as they are written: positions as texts, durations as milliseconds, and every property,
/// since what is unknown is null and never absent.
/// </summary>
internal sealed class StreamSchemaTransformer : IOpenApiSchemaTransformer
{
    /// <summary>The name of a type's schema; <c>null</c>: positions are described where they are.</summary>
    public static string? ReferenceIdOf(JsonTypeInfo type) =>
        IsPosition(type.Type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var type = context.JsonTypeInfo;
        if (IsPosition(type.Type))
        {
            WritePosition(schema, type.Type);
        }
        else if (type.ElementType is { } element && IsPosition(element))
        {
            var items = new OpenApiSchema();
            WritePosition(items, element);
            schema.Items = items;
        }
        else if (IsMilliseconds(context.JsonPropertyInfo))
        {
            Write(schema, type.Type, JsonSchemaType.Number);
            schema.Pattern = null;
            schema.Format = "double";
        }
        else if (type.Kind == JsonTypeInfoKind.Object && type.Type.Assembly == typeof(MessagePosition).Assembly)
        {
            schema.Required = type.Properties.Select(property => property.Name).ToHashSet();
        }

        return Task.CompletedTask;
    }

    private static void WritePosition(OpenApiSchema schema, Type type)
    {
        Write(schema, type, JsonSchemaType.String);
        schema.Pattern = "^[0-9]+-[0-9]+$";
    }

    private static void Write(OpenApiSchema schema, Type type, JsonSchemaType written) =>
        schema.Type = Nullable.GetUnderlyingType(type) is null ? written : written | JsonSchemaType.Null;

    private static bool IsPosition(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(MessagePosition);

    private static bool IsMilliseconds(JsonPropertyInfo? property) =>
        property?.AttributeProvider?.GetCustomAttributes(typeof(JsonConverterAttribute), inherit: false)
            is [JsonConverterAttribute { ConverterType: var converter }]
        && converter == typeof(MillisecondsJsonConverter);
}
