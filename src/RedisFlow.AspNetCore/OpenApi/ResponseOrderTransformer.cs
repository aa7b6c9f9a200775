using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>
/// Orders an operation's responses by status. ASP.NET Core puts those of a group before those of its endpoints, and so
/// the failures before the success.
/// </summary>
internal sealed class ResponseOrderTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (operation.Responses is { } responses)
        {
            var ordered = responses.OrderBy(response => response.Key, StringComparer.Ordinal).ToList();
            responses.Clear();
            foreach (var (status, response) in ordered)
            {
                responses.Add(status, response);
            }
        }

        return Task.CompletedTask;
    }
}
