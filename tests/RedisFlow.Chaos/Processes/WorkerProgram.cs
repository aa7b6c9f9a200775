using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Chaos.Recording;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Processes;

/// <summary>What a worker process is started with.</summary>
/// <param name="Connection">Redis, or the proxy before it.</param>
/// <param name="Group">The group that it consumes.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Lossy">Drops one message in so many without handling it; 0: none.</param>
/// <param name="RecordPath">Where it records.</param>
internal sealed record WorkerArguments(string Connection, string Group, string Instance, TimeSpan Lease, int Lossy, string RecordPath)
{
    /// <summary>As the process is given them.</summary>
    public string[] ToArray() =>
        [Roles.Worker, Connection, Group, Instance, Lease.ToString(), Lossy.ToString(CultureInfo.InvariantCulture), RecordPath];

    /// <summary>As the process reads them.</summary>
    public static WorkerArguments Parse(string[] arguments) => new(
        arguments[1],
        arguments[2],
        arguments[3],
        TimeSpan.Parse(arguments[4], CultureInfo.InvariantCulture),
        int.Parse(arguments[5], CultureInfo.InvariantCulture),
        arguments[6]);
}

/// <summary>A process that consumes as one member of a group, and records what it handled.</summary>
internal static class WorkerProgram
{
    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(WorkerArguments arguments)
    {
        ChildHost.EndWithHarness();
        using var record = new RecordFile(arguments.RecordPath);
        using var host = ChildHost.Build(arguments.Connection, arguments.Instance, arguments.Lease, (services, streams) =>
        {
            services.AddSingleton(record);
            services.AddSingleton(new Leak(arguments.Lossy));
            streams.AddStreamConsumer(arguments.Group).Handle<CompanyUpdated, RecordingHandler>();
        });
        await host.StartAsync();
        ChildHost.SayReady();
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Decides which messages a lossy worker drops.</summary>
    private sealed class Leak(int oneIn)
    {
        private int _count;

        public bool IsDue() => oneIn > 0 && Interlocked.Increment(ref _count) % oneIn == 0;
    }

    private sealed class RecordingHandler(RecordFile record, Leak leak) : IStreamHandler<CompanyUpdated>
    {
        public async Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            await Task.Delay(Random.Shared.Next(Roles.WorkMilliseconds), cancellationToken);

            // The fault that the checker exists to find: acknowledged, though nothing was done.
            if (!leak.IsDue())
            {
                record.Handled(
                    MessageId.Parse(delivery.Message.Subject, delivery.Message.EntityVersion), delivery.Position, Stopwatch.GetTimestamp());
            }
        }
    }
}
