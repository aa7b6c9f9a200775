using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>
/// Writes each description on one line. ASP.NET Core keeps the line breaks of the XML documentation: a comment that is
/// wrapped at another word would change the document.
/// </summary>
internal sealed class LineBreakTransformer : IOpenApiDocumentTransformer
{
    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        new OpenApiWalker(new Visitor()).Walk(document);
        return Task.CompletedTask;
    }

    private sealed class Visitor : OpenApiVisitorBase
    {
        public override void Visit(IOpenApiSchema schema) => Join(schema);

        public override void Visit(IOpenApiReferenceHolder referenceable) =>
            Join(referenceable as IOpenApiDescribedElement);

        // A reference without a description shows that of its target; what is written here becomes its own.
        private static void Join(IOpenApiDescribedElement? element)
        {
            if (
                element?.Description is { } description
                && XmlSummaries.OneLine(description) is var line
                && line != description
            )
            {
                element.Description = line;
            }
        }
    }
}
