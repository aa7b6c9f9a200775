using Microsoft.AspNetCore.Builder;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>Describes headers of endpoints in the OpenAPI document.</summary>
public static class HeaderDescriptions
{
    /// <summary>Describes a header that the endpoints read, whether it is bound to a parameter or not.</summary>
    public static TBuilder WithRequestHeader<TBuilder>(
        this TBuilder endpoints,
        string name,
        string description,
        bool required = false
    )
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new RequestHeader(name, description, required));

    /// <summary>Describes a header of the endpoints' successful answers.</summary>
    public static TBuilder WithResponseHeader<TBuilder>(this TBuilder endpoints, string name, string description)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new ResponseHeader(name, description));
}

/// <summary>A header of a request.</summary>
internal sealed record RequestHeader(string Name, string Description, bool Required);

/// <summary>A header of the successful answers.</summary>
internal sealed record ResponseHeader(string Name, string Description);
