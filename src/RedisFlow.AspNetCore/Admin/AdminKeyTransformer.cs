using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>Says in the OpenAPI document which operations need the admin key, as a security scheme.</summary>
internal sealed class AdminKeyTransformer : IOpenApiOperationTransformer
{
    private const string Scheme = "AdminKey";

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (
            context.Document is { } document
            && context.Description.ActionDescriptor.EndpointMetadata.OfType<AdminKeyRequirement>().Any()
        )
        {
            // The first operation adds it; that it is there already is no fault.
            document.AddComponent(
                Scheme,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = AdminKeyEndpoints.Header,
                    Description = "The admin key of the service, see Admin:Key.",
                }
            );
            operation.Security ??= [];
            operation.Security.Add(
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }
            );
        }

        return Task.CompletedTask;
    }
}
