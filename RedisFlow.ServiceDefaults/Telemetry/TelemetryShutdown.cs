using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Sends what is left when the host stops, for at most <see cref="Limit"/>. Without it the container disposes the three
/// providers one after the other, each waiting 5 s for a collector that does not answer; an orchestrator kills the
/// process before that.
/// </summary>
internal sealed class TelemetryShutdown(IServiceProvider services) : IHostedService
{
    /// <summary>How long the last export may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A provider shuts down once: its disposal then finds nothing left to wait for. The calls block, hence a thread for
    // each.
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Task.Run(
                () => services.GetService<TracerProvider>()?.Shutdown((int)Limit.TotalMilliseconds),
                CancellationToken.None
            ),
            Task.Run(
                () => services.GetService<MeterProvider>()?.Shutdown((int)Limit.TotalMilliseconds),
                CancellationToken.None
            ),
            Task.Run(
                () => services.GetService<LoggerProvider>()?.Shutdown((int)Limit.TotalMilliseconds),
                CancellationToken.None
            )
        );
}

/// <summary>Registers <see cref="TelemetryShutdown"/>.</summary>
internal static class TelemetryShutdownExtensions
{
    /// <summary>
    /// Registered before every other hosted service, so that it stops after them and loses none of their telemetry.
    /// </summary>
    public static void AddBoundedTelemetryShutdown(this IServiceCollection services) =>
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryShutdown>());
}
