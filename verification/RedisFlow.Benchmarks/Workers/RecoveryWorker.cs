using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>A process that consumes as one member of a group, and records what it handled.</summary>
internal static class RecoveryWorker
{
    /// <summary>The first argument of such a process. Not for people, hence not in the usage text.</summary>
    public const string Role = "--worker";

    /// <summary>How long a handler takes, so that there is something to be killed in the middle of.</summary>
    public static TimeSpan Work { get; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(RecoveryWorkerArguments arguments)
    {
        using var record = new HandledRecord(arguments.RecordPath);
        using var host = BenchmarkHost.Build(
            new HostDescription(arguments.Connection, arguments.Stream, arguments.Group)
            {
                Instance = arguments.Instance,
                Settings = Settings(arguments),
            },
            (services, streams) =>
            {
                services.AddSingleton(record);
                streams.AddStreamConsumer(arguments.Group).Handle<CompanyUpdated, SlowHandler>();
            }
        );
        await host.StartAsync();
        HarnessProgram.SayReady();
        await host.WaitForShutdownAsync();
        return 0;
    }

    private static Dictionary<string, string?> Settings(RecoveryWorkerArguments arguments)
    {
        var settings = new Dictionary<string, string?>(arguments.Settings);
        if (arguments.Lease is { } lease)
        {
            settings["Streams:LeaseDuration"] = lease.ToString();

            // It must be shorter than the lease.
            settings["Streams:RetryDelay"] = (lease / 10).ToString();
        }

        return settings;
    }

    private sealed class SlowHandler(HandledRecord record) : IStreamHandler<CompanyUpdated>
    {
        public async Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            await Task.Delay(Work, cancellationToken);
            record.Handled(delivery.Position);
        }
    }
}
