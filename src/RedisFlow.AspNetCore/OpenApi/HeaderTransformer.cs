using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>Puts the headers of <see cref="HeaderDescriptions"/> into the document.</summary>
internal sealed class HeaderTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var header in metadata.OfType<RequestHeader>())
        {
            Describe(operation, header);
        }

        foreach (var header in metadata.OfType<ResponseHeader>())
        {
            Describe(operation, header);
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiOperation operation, RequestHeader header)
    {
        var parameters = operation.Parameters ??= [];
        var bound = parameters
            .OfType<OpenApiParameter>()
            .FirstOrDefault(parameter => parameter.In == ParameterLocation.Header && parameter.Name == header.Name);
        if (bound is null)
        {
            bound = new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Schema = Text(),
            };
            parameters.Add(bound);
        }

        bound.Description = header.Description;
        bound.Required = header.Required;
    }

    private static void Describe(OpenApiOperation operation, ResponseHeader header)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status.StartsWith('2') && response is OpenApiResponse success)
            {
                success.Headers ??= new Dictionary<string, IOpenApiHeader>();
                success.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = Text() };
            }
        }
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
