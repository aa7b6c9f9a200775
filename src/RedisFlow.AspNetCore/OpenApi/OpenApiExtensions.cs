using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.AspNetCore.Admin;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.AspNetCore.OpenApi;

namespace Microsoft.Extensions.Hosting;

/// <summary>The service's OpenAPI document, in every environment: it is part of the API.</summary>
public static class OpenApiExtensions
{
    /// <summary>
    /// Adds the document <c>v1</c>, titled with the service's name and its assembly's version, described by the XML
    /// documentation of the types in it and by <see cref="HeaderDescriptions"/>.
    /// </summary>
    public static TBuilder AddDefaultOpenApi<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var title = $"{builder.GetInstanceIdentity().Service} API";
        builder.Services.AddOpenApi(options =>
        {
            options.CreateSchemaReferenceId = StreamSchemaTransformer.ReferenceIdOf;
            options.AddOperationTransformer(new HeaderTransformer());
            options.AddOperationTransformer(new AdminKeyTransformer());
            options.AddOperationTransformer(new ResponseOrderTransformer());
            options.AddSchemaTransformer(new StreamSchemaTransformer());
            options.AddSchemaTransformer(new XmlSummaryTransformer());
            options.AddDocumentTransformer(new LineBreakTransformer());
            options.AddDocumentTransformer(
                (document, _, _) =>
                {
                    document.Info.Title = title;
                    document.Info.Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "1.0.0";

                    // The address that the document was asked from is not part of the API.
                    document.Servers?.Clear();
                    return Task.CompletedTask;
                }
            );
        });
        return builder;
    }

    /// <summary>Maps the document to <c>/openapi/v1.json</c>.</summary>
    public static WebApplication MapDefaultOpenApi(this WebApplication app)
    {
        app.MapOpenApi();
        return app;
    }
}
