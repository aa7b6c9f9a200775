using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Publishing;

/// <summary>
/// Declares every group when the application starts, also in an application that only publishes. Groups begin at 0-0,
/// so one that is declared late (Redis was down) still receives everything; declared early, it also shows its lag and
/// keeps its messages from being trimmed.
/// </summary>
internal sealed class GroupDeclarationService(
    [FromKeyedServices] GroupDeclaration groups,
    [FromKeyedServices] StreamContext stream,
    TimeProvider time,
    ILogger<GroupDeclarationService> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var group in stream.Options.Groups)
                {
                    await groups.DeclareAsync(group, MessagePosition.Beginning, stoppingToken).ConfigureAwait(false);
                }

                return;
            }
            // Without its groups a publisher still works; it tries again, and the log has the reason.
#pragma warning disable CA1031
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.DeclareFailed(exception, stream.Name);
                await backoff.DelayAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }
}
