using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.ServiceDefaults.Redis;

/// <summary>
/// Whether the primary that holds the stream answers a command. The check of Aspire's client integration asks a cluster
/// for CLUSTER INFO, which StackExchange.Redis refuses without <c>allowAdmin</c>; it also fails while a replica is
/// down, which no service reads.
/// </summary>
internal sealed class RedisHealthCheck(IConnectionMultiplexer connection, IOptions<StreamOptions> stream) : IHealthCheck
{
    /// <summary>The check's name; that of the check it replaces.</summary>
    public const string Name = "StackExchange.Redis";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            // A command with a key, which a cluster that is down refuses; PING would be answered by any of its nodes.
            RedisKey key = new StreamKeys(stream.Value.Name).Stream;
            await connection.GetDatabase().KeyExistsAsync(key, CommandFlags.DemandMaster).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception);
        }
    }
}
