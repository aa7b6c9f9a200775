using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Chaos.Processes.Sabotage;
using RedisFlow.Chaos.Recording;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Processes;

/// <summary>A process that consumes as one member of a group, and records what it handled.</summary>
internal static class WorkerProgram
{
    private const int OneInIsDropped = 500;

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(WorkerArguments arguments)
    {
        using var record = new RecordFile(arguments.RecordPath);
        var work = new Work(record, arguments.Seed, arguments.Group, arguments.Work, arguments.Failing);
        if (arguments.Kind is not (WorkerKind.Engine or WorkerKind.Dropping))
        {
            await new RawWorker(arguments, work).RunAsync();
            return 0;
        }

        using var host = ChildHost.Build(
            arguments.Connection,
            arguments.Instance,
            arguments.Lease,
            (services, streams) =>
            {
                services.AddSingleton(work);
                services.AddSingleton(new Leak(arguments.Kind == WorkerKind.Dropping ? OneInIsDropped : 0));
                streams.AddStreamConsumer(arguments.Group).Handle<CompanyUpdated, WorkHandler>();
            }
        );
        await host.StartAsync();
        HarnessProgram.SayReady();
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Decides which messages a worker drops: acknowledged, though nothing was done.</summary>
    private sealed class Leak(int oneIn)
    {
        private int _count;

        public bool IsDue() => oneIn > 0 && Interlocked.Increment(ref _count) % oneIn == 0;
    }

    private sealed class WorkHandler(Work work, Leak leak) : IStreamHandler<CompanyUpdated>
    {
        public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken) =>
            work.DoAsync(
                MessageId.Parse(delivery.Message.Subject, delivery.Message.EntityVersion),
                delivery.Position,
                delivery.DeliveryCount,
                leak.IsDue(),
                cancellationToken
            );
    }
}
