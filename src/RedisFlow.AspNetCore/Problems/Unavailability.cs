using System.Net;
using Polly;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>Exceptions that mean: something that this service depends on is not there now.</summary>
internal static class Unavailability
{
    public static Problem? Explain(Exception exception) =>
        exception switch
        {
            StreamPublishException => Problem.Unavailable(
                "Change not confirmed",
                "Redis did not confirm the change. Whether it was made is not known; reading it tells, and repeating "
                    + "it is safe."
            ),

            RedisConnectionException or RedisTimeoutException => RedisUnavailable(
                "Redis cannot be reached or does not answer in time."
            ),

            RedisServerException server when RedisFaults.IsPassing(server) => RedisUnavailable(
                "Redis refuses commands for now."
            ),

            ExecutionRejectedException => UpstreamUnavailable("It did not answer in time, or did not lately."),

            HttpRequestException { StatusCode: null } or HttpIOException => UpstreamUnavailable(
                "It cannot be reached."
            ),

            HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout } =>
                UpstreamUnavailable("It has too much to do."),

            HttpRequestException { StatusCode: >= HttpStatusCode.InternalServerError } => UpstreamUnavailable(
                "It answered with a failure."
            ),

            // The caller's own disconnect never gets here: the exception handler middleware answers that with 499.
            TimeoutException or OperationCanceledException => Problem.Unavailable(
                "Timeout",
                "A part of the request took too long. Try again."
            ),

            _ => null,
        };

    private static Problem RedisUnavailable(string detail) =>
        Problem.Unavailable("Redis is unavailable", $"{detail} Try again.");

    private static Problem UpstreamUnavailable(string detail) =>
        Problem.Unavailable(
            "Upstream service is unavailable",
            $"A service that this one depends on is not available. {detail} Try again."
        );
}
