using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Telemetry;

namespace RedisFlow.Caching.WarmUp;

/// <summary>Runs the registered warm-ups, side by side, as soon as their cache stores what is loaded.</summary>
internal sealed class CacheWarmUp(
    IServiceProvider services,
    StreamHybridCaches caches,
    IEnumerable<WarmUpRegistration> registrations,
    TimeProvider time,
    ILogger<StreamHybridCache> logger
) : BackgroundService
{
    /// <summary>How often it looks whether the tail has started.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly WarmUpRegistration[] _registrations = [.. registrations];
    private readonly List<string> _running = [.. registrations.Select(registration => registration.Name)];
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>The warm-ups that have not ended.</summary>
    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_running)
            {
                return [.. _running];
            }
        }
    }

    /// <summary>Whether the instance has to be ready now, whatever still runs.</summary>
    public bool IsOverdue => time.GetElapsedTime(_startedAt) > caches.All.Max(cache => cache.WarmUpLimit);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_registrations.Select(registration => RunAsync(registration, stoppingToken)));

    private async Task RunAsync(WarmUpRegistration registration, CancellationToken stoppingToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var cache = services.GetRequiredKeyedService<StreamHybridCache>(registration.CacheKey);
            while (!cache.CanStore)
            {
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(false);
            }

            var scope = services.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            var begun = time.GetTimestamp();
            await registration.RunAsync(scope.ServiceProvider, cache, stoppingToken).ConfigureAwait(false);
            CacheLog.WarmedUp(logger, registration.Name, time.GetElapsedTime(begun));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends before it was warm.
        }
        catch (Exception exception)
        {
            // The warm-up is the service's code. A cold cache is slow, not wrong.
            CacheLog.WarmUpFailed(logger, registration.Name, exception);
        }
        finally
        {
            lock (_running)
            {
                _running.Remove(registration.Name);
            }
        }
    }
}
