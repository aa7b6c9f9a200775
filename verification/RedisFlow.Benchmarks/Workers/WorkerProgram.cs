using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>A process that consumes as one member of a group, and records what it handled.</summary>
internal static class WorkerProgram
{
    /// <summary>How long a handler takes, so that there is something to be killed in the middle of.</summary>
    public static TimeSpan Work { get; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(WorkerArguments arguments)
    {
        EndWithParent();
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
                streams.AddStreamConsumer(arguments.Group).Handle<CompanyUpdated, RecordingHandler>();
            }
        );
        await host.StartAsync();
        Console.WriteLine(WorkerArguments.ReadyLine);
        await host.WaitForShutdownAsync();
        return 0;
    }

    private static Dictionary<string, string?> Settings(WorkerArguments arguments)
    {
        var settings = arguments
            .Settings.Select(setting => setting.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => (string?)parts[1]);
        if (arguments.Lease is { } lease)
        {
            settings["Streams:LeaseDuration"] = lease.ToString();

            // It must be shorter than the lease.
            settings["Streams:RetryDelay"] = (lease / 10).ToString();
        }

        return settings;
    }

    /// <summary>
    /// Ends this process when its parent is gone, however it went: then the other end of the pipe to standard input
    /// closes.
    /// </summary>
    private static void EndWithParent() =>
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // The parent writes nothing; only the end of the pipe matters.
            }

            Environment.Exit(3);
        })
        {
            IsBackground = true,
        }.Start();

    private sealed class RecordingHandler(HandledRecord record) : IStreamHandler<CompanyUpdated>
    {
        public async Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            await Task.Delay(Work, cancellationToken);
            record.Handled(delivery.Position);
        }
    }
}
