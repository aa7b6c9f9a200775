using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Redis;

/// <summary>Asks the server for a PONG, in its own protocol.</summary>
internal sealed class RedisHealthCheck(RedisResource redis) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            return await PingAsync(deadline.Token) is "+PONG"
                ? HealthCheckResult.Healthy()
                : new(context.Registration.FailureStatus, $"The Redis server '{redis.Name}' does not answer PING with PONG.");
        }
        catch (Exception exception) when (exception is SocketException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(context.Registration.FailureStatus, $"The Redis server '{redis.Name}' does not answer.", exception);
        }
    }

    private static string Command(params string[] parts) =>
        $"*{parts.Length}\r\n" + string.Concat(parts.Select(part => $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n"));

    private async Task<string?> PingAsync(CancellationToken cancellationToken)
    {
        var endpoint = redis.PrimaryEndpoint;
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        if (redis.PasswordParameter is { } parameter && await parameter.GetValueAsync(cancellationToken) is { } password)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Command("AUTH", password)), cancellationToken);
            if (await reader.ReadLineAsync(cancellationToken) is not "+OK" and var refusal)
            {
                return refusal;
            }
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(Command("PING")), cancellationToken);
        return await reader.ReadLineAsync(cancellationToken);
    }
}
