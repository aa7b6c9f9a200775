using System.Diagnostics;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <summary>
/// Publishes many messages in their order, a chunk per round trip. Each chunk is one script, and the next begins when
/// it is confirmed: so what is in the stream is always the batch's beginning, never a selection, whatever fails.
/// </summary>
internal sealed class BatchPublisher(
    IRedisSender redis,
    [FromKeyedServices] EnvelopeFactory envelopes,
    [FromKeyedServices] IdempotentPublisher once,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamMetrics metrics,
    TimeProvider time
)
{
    /// <summary>
    /// How many messages a chunk has at most: the server does nothing else while it adds them, about half a
    /// millisecond.
    /// </summary>
    public const int ChunkCount = 256;

    /// <summary>How many bytes a chunk has at most, unless a single message has more.</summary>
    public const int ChunkBytes = 1024 * 1024;

    private readonly StreamKeys _keys = stream.Keys;
    private readonly string _clientId = stream.Options.InstanceId;

    /// <inheritdoc cref="IStreamPublisher.PublishAsync(IReadOnlyList{Publication}, CancellationToken)"/>
    public Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken
    ) => SendAllAsync(Seal([.. publications]), cancellationToken);

    /// <inheritdoc cref="IEnvelopePublisher.PublishAsync"/>
    public Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<StreamMessage> messages,
        CancellationToken cancellationToken
    ) => SendAllAsync([.. messages.Select(Sealed.Of)], cancellationToken);

    private async Task<IReadOnlyList<MessagePosition>> SendAllAsync(
        Sealed[] sealedMessages,
        CancellationToken cancellationToken
    )
    {
        var positions = new List<MessagePosition>(sealedMessages.Length);
        while (positions.Count < sealedMessages.Length)
        {
            var chunk = NextChunk(sealedMessages.AsSpan(positions.Count));
            try
            {
                positions.AddRange(await SendAsync(chunk, cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (positions.Count == 0)
            {
                throw;
            }
            catch (Exception exception)
                when (exception is OperationCanceledException || RedisFaults.IsRedisFault(exception))
            {
                throw new StreamPublishException(
                    $"Of {sealedMessages.Length} messages Redis confirmed the first {positions.Count}; the next "
                        + $"{chunk.Length} may or may not be in the stream, and any after those were not sent.",
                    positions.AsReadOnly(),
                    chunk.Length,
                    exception
                );
            }
        }

        return positions.AsReadOnly();
    }

    /// <summary>Everything that can be refused is refused here, before anything is sent.</summary>
    private Sealed[] Seal(Publication[] publications)
    {
        // All of them before the first span, which would tell of a message that is never sent.
        var messages = publications.Select((publication, i) => envelopes.Create(publication, Parameter(i))).ToArray();
        var result = new Sealed[messages.Length];
        for (var i = 0; i < messages.Length; i++)
        {
            using var creation = StreamTelemetry.StartCreate(_keys.StreamName, _clientId, messages[i]);
            result[i] = new Sealed(
                publications[i].MessageId,
                envelopes.Seal(messages[i], creation, Parameter(i)),
                creation?.Context
            );
        }

        return result;
    }

    private static string Parameter(int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"publications[{index}]");

    private static Sealed[] NextChunk(ReadOnlySpan<Sealed> messages)
    {
        var count = 1;
        for (long bytes = messages[0].Data.Length; count < Math.Min(messages.Length, ChunkCount); count++)
        {
            bytes += messages[count].Data.Length;
            if (bytes > ChunkBytes)
            {
                break;
            }
        }

        return messages[..count].ToArray();
    }

    private async Task<MessagePosition[]> SendAsync(Sealed[] chunk, CancellationToken cancellationToken)
    {
        using var activity = StreamTelemetry.StartSend(
            _keys.StreamName,
            _clientId,
            chunk.Where(message => message.Creation is not null).Select(message => message.Creation!.Value),
            chunk.Length
        );
        var begin = time.GetTimestamp();
        try
        {
            if (chunk.Any(message => message.Id is not null))
            {
                await once.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            var ids = chunk
                .Where(message => message.Id is not null)
                .Select(message => (RedisKey)_keys.Published(message.Id!));
            var reply = await redis
                .RunAsync(
                    StreamScripts.Publish,
                    [_keys.Stream, _keys.PublishedMark, .. ids],
                    [
                        once.Window,
                        0,
                        .. chunk.SelectMany(message => new RedisValue[] { message.Id ?? "", message.Data }),
                    ],
                    cancellationToken
                )
                .ConfigureAwait(false);
            var positions = Array.ConvertAll(RedisReply.Items(reply), RedisReply.Position);
            metrics.Sent(time.GetElapsedTime(begin), count: chunk.Length);
            return positions;
        }
        catch (Exception exception)
        {
            activity.Fail(exception);
            metrics.Sent(time.GetElapsedTime(begin), exception, chunk.Length);
            throw;
        }
    }

    /// <summary>A message as it is sent.</summary>
    /// <param name="Id">The id that the publisher gave; <c>null</c> if it gave none.</param>
    /// <param name="Data">The envelope.</param>
    /// <param name="Creation">The span of its creation, if there is one.</param>
    private readonly record struct Sealed(string? Id, byte[] Data, ActivityContext? Creation)
    {
        /// <summary>An envelope that was created before; the span of its creation is named in it.</summary>
        public static Sealed Of(StreamMessage message, int index)
        {
            PublicationRules.CheckMessageId(message.MessageId, $"envelopes[{index}]");
            return new Sealed(
                message.MessageId,
                message.ToByteArray(),
                ActivityContext.TryParse(message.Traceparent, message.Tracestate, true, out var creation)
                    ? creation
                    : null
            );
        }
    }
}
