using Polly;

namespace Microsoft.Extensions.Http.Resilience.Pipeline;

/// <summary>The request that a pipeline executes, in its context.</summary>
internal static class RequestMessageProperty
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage?> Key = new("Resilience.Http.RequestMessage");

    public static HttpRequestMessage? Get(ResilienceContext context) => context.Properties.GetValue(Key, null);

    public static void Set(ResilienceContext context, HttpRequestMessage request) => context.Properties.Set(Key, request);
}
