using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace RedisFlow.ServiceDefaults.Admin;

/// <summary>
/// How often one client may call the operators' endpoints, see <see cref="AdminOptions.RequestsPerMinute"/>. It counts before the key is looked at:
/// guessing is what it slows. Each client's address has a bucket of its own, so that one who guesses locks out nobody else, and the bucket fills
/// again token by token: whoever has emptied it waits for the next token, not for the end of the minute. Full buckets are forgotten by themselves.
/// </summary>
internal sealed class AdminRateLimit(IOptions<AdminOptions> options) : IRateLimiterPolicy<IPAddress>
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "admin";

    /// <summary>What one customer of an IPv6 provider gets at least, and may choose his addresses from.</summary>
    private const int NetworkBytes = 8;

    private readonly int _perMinute = options.Value.RequestsPerMinute;

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => RefuseAsync;

    public RateLimitPartition<IPAddress> GetPartition(HttpContext httpContext) => RateLimitPartition.GetTokenBucketLimiter(
        ClientOf(httpContext.Connection.RemoteIpAddress),
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = _perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / _perMinute,

            // Nobody waits: a queue would hold connections for those who send too much.
            QueueLimit = 0,
        });

    /// <summary>Whom an address stands for.</summary>
    internal static IPAddress ClientOf(IPAddress? address)
    {
        switch (address)
        {
            case null:
                // No TCP, e.g. a Unix socket: all of them are one client.
                return IPAddress.None;
            case { IsIPv4MappedToIPv6: true }:
                return address.MapToIPv4();
            case { AddressFamily: AddressFamily.InterNetworkV6 }:
                var bytes = address.GetAddressBytes();
                bytes.AsSpan(NetworkBytes).Clear();
                return new IPAddress(bytes);
            default:
                return address;
        }
    }

    private async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var until) ? until : TimeSpan.FromMinutes(1) / _perMinute;
        var seconds = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.HttpContext.Response.Headers.RetryAfter = seconds;
        await TypedResults.Problem(
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "Too many requests",
            detail: string.Create(
                CultureInfo.InvariantCulture,
                $"Each client may send {_perMinute} requests per minute to the operators' endpoints of an instance. Try again in {seconds} s, or raise "
                + $"{AdminOptions.SectionName}:{nameof(AdminOptions.RequestsPerMinute)}.")).ExecuteAsync(context.HttpContext);
    }
}
