using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Servers;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Features;

/// <summary>
/// Says once, when the server first answers, what it is; and plainly if it is too old, where each read would fail
/// obscurely.
/// </summary>
internal sealed class FeatureReport(FeatureProbe probe, TimeProvider time, ILogger<FeatureReport> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Report(await probe.ProbeAsync(stoppingToken).ConfigureAwait(false));
                return;
            }
            catch (RedisServerException exception) when (!RedisFaults.IsInfrastructure(exception))
            {
                // E.g. an ACL without COMMAND. The engine runs without an answer.
                logger.ProbeRefused(exception);
                return;
            }
            catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
            {
                logger.ProbeFailed(exception);
                await backoff.DelayAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private void Report(ServerFeatures features)
    {
        if (features.IsSupported)
        {
            logger.ServerProbed(features);
        }
        else if (!features.HasStreams)
        {
            logger.ServerWithoutStreams(features.Product, ServerFeatures.Floor);
        }
        else
        {
            logger.ServerTooOld(ServerFeatures.Floor);
        }
    }
}
