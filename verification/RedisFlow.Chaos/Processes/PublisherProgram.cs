using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Chaos.Recording;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Processes;

/// <summary>What a publisher process is started with.</summary>
/// <param name="Connection">Redis.</param>
/// <param name="Number">The publisher's number.</param>
/// <param name="Messages">How many messages must be confirmed.</param>
/// <param name="Duration">Over which time they are spread.</param>
/// <param name="RecordPath">Where it records.</param>
internal sealed record PublisherArguments(
    string Connection,
    int Number,
    int Messages,
    TimeSpan Duration,
    string RecordPath
);

/// <summary>
/// A process that publishes until its share is confirmed. It never sends a message again: one whose outcome is unknown
/// stays unknown, and the next one is another message, so that the checker can tell them apart.
/// </summary>
internal static class PublisherProgram
{
    /// <summary>
    /// How long a lane lets Redis be after it did not confirm. Pacing, as a patient caller's; nothing is waited for.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The exit code after SIGTERM.</summary>
    private const int Interrupted = 3;

    /// <summary>Runs until everything is confirmed, or until SIGTERM.</summary>
    public static async Task<int> RunAsync(PublisherArguments arguments)
    {
        using var record = new RecordFile(arguments.RecordPath);
        var instance = string.Create(CultureInfo.InvariantCulture, $"publisher-{arguments.Number}");
        using var host = ChildHost.Build(arguments.Connection, instance, TimeSpan.FromSeconds(30), (_, _) => { });
        await host.StartAsync();
        HarnessProgram.SayReady();
        var publisher = host.Services.GetRequiredService<IStreamPublisher>();
        var clock = Stopwatch.StartNew();
        var publishing = Task.WhenAll(
            Enumerable.Range(0, Roles.Lanes).Select(lane => PublishAsync(publisher, record, arguments, lane, clock))
        );
        if (await Task.WhenAny(publishing, host.WaitForShutdownAsync()) != publishing)
        {
            return Interrupted;
        }

        await publishing;
        await host.StopAsync();
        return 0;
    }

    private static async Task PublishAsync(
        IStreamPublisher publisher,
        RecordFile record,
        PublisherArguments arguments,
        int lane,
        Stopwatch clock
    )
    {
        var share = (arguments.Messages / Roles.Lanes) + (lane < arguments.Messages % Roles.Lanes ? 1 : 0);
        var sequence = 0;
        var confirmed = 0;
        while (confirmed < share)
        {
            // A lane that is behind its time catches up; one that is ahead waits.
            var ahead = (arguments.Duration * (confirmed / (double)share)) - clock.Elapsed;
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead);
            }

            var id = new MessageId(arguments.Number, lane, ++sequence);
            var publication = new Publication(
                new CompanyUpdated { CompanyId = lane, Name = id.Subject },
                id.Subject,
                "A company was renamed."
            )
            {
                EntityVersion = sequence,
            };
            record.Attempted(id);
            try
            {
                record.Published(id, await publisher.PublishAsync(publication));
                confirmed++;
            }
            catch (StreamPublishException exception)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{DateTime.UtcNow:HH:mm:ss.fff} {id}: {exception.InnerException?.GetType().Name}: "
                            + $"{exception.InnerException?.Message}"
                    )
                );
                await Task.Delay(Patience);
            }
        }
    }
}
