using System.Net;

namespace RedisFlow.AppHost;

/// <summary>
/// Waits as long as a service asks for that answers "429 Too Many Requests", and sends the request again. The client's
/// timeout ends that.
/// </summary>
internal sealed class RateLimitHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (
                response.StatusCode != HttpStatusCode.TooManyRequests
                || response.Headers.RetryAfter?.Delta is not { } wait
            )
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(wait, cancellationToken);
        }
    }
}
