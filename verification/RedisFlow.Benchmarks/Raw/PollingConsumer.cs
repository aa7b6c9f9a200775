using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Raw;

/// <summary>The usual consumer: reads until there is nothing left, then sleeps.</summary>
internal sealed class PollingConsumer(RawClient client, string group, TimeSpan interval, LatencyRecorder recorder)
{
    private const int Page = 500;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            while (await client.ReadGroupAsync(group, Page) is { Length: > 0 } entries)
            {
                foreach (var entry in entries)
                {
                    Handle(RawClient.DataOf(entry));
                }

                await client.AcknowledgeAsync(group, entries);
            }

            await Task.Delay(interval, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Handle(byte[] data)
    {
        var message = StreamMessage.Parser.ParseFrom(data);
        recorder.Handled(CompanyUpdated.Parser.ParseFrom(message.Payload.Value).CompanyId);
    }
}
