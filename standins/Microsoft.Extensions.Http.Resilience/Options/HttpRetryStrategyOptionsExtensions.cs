using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Http.Resilience.Pipeline;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Restricts retries by HTTP method.</summary>
[Experimental("EXTEXP0001")]
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>No retries for DELETE, POST, PUT, CONNECT and PATCH.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect, HttpMethod.Patch);

    /// <summary>No retries for the given methods.</summary>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Length == 0)
        {
            throw new ArgumentException("Collection is empty", nameof(methods));
        }

        var shouldHandle = options.ShouldHandle;
        ArgumentNullException.ThrowIfNull(shouldHandle);
        options.ShouldHandle = async args =>
            await shouldHandle(args).ConfigureAwait(args.Context.ContinueOnCapturedContext)
            && !((args.Outcome.Result?.RequestMessage ?? RequestMessageProperty.Get(args.Context)) is { } request
                && methods.Contains(request.Method));
    }
}
