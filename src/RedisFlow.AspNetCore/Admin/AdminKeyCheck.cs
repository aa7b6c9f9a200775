using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>
/// Serves requests that bring the admin key, and answers the others with 401. Neither the key nor what was sent for it
/// is logged or repeated.
/// </summary>
internal sealed partial class AdminKeyCheck(IOptions<AdminOptions> options, ILogger<AdminKeyCheck> logger)
{
    /// <summary>RFC 9110, section 11.6.1: a 401 names what would authenticate.</summary>
    private const string Challenge = $"AdminKey header=\"{AdminKeyEndpoints.Header}\"";

    private readonly byte[]? _digest = string.IsNullOrEmpty(options.Value.Key) ? null : Digest(options.Value.Key);

    public Task ServeAsync(HttpContext context, RequestDelegate serve) =>
        WhatIsWrong(context.Request.Headers[AdminKeyEndpoints.Header]) is { } wrong
            ? RefuseAsync(context, wrong)
            : serve(context);

    private string? WhatIsWrong(StringValues sent)
    {
        if (_digest is null)
        {
            return "No key is configured, so no one may call this. Set "
                + $"{AdminOptions.SectionName}:{nameof(AdminOptions.Key)}, "
                + "e.g. with the environment variable Admin__Key.";
        }

        if (sent is not [{ } key])
        {
            return sent.Count == 0
                ? $"Send the header {AdminKeyEndpoints.Header} with the key that the service is configured with."
                : $"Send the header {AdminKeyEndpoints.Header} once.";
        }

        // Digests have one length, and are compared to their end: the time tells nothing of the key, not even how long
        // it is.
        return CryptographicOperations.FixedTimeEquals(Digest(key), _digest)
            ? null
            : $"The key in {AdminKeyEndpoints.Header} is not the service's.";
    }

    private Task RefuseAsync(HttpContext context, string wrong)
    {
        LogRefused(context.Request.Method, context.Request.Path, wrong);
        context.Response.Headers.WWWAuthenticate = Challenge;
        return TypedResults
            .Problem(statusCode: StatusCodes.Status401Unauthorized, title: "Admin key required", detail: wrong)
            .ExecuteAsync(context);
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} refused: {Reason}")]
    private partial void LogRefused(string method, string path, string reason);
}
