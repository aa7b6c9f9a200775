using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Configuration;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <inheritdoc/>
internal sealed class StreamPublisher(
    SharedRedis redis,
    [FromKeyedServices] EnvelopeFactory envelopes,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamMetrics metrics,
    TimeProvider time) : IStreamPublisher
{
    private readonly StreamKeys _keys = stream.Keys;
    private readonly string _clientId = stream.Options.InstanceId;

    /// <inheritdoc/>
    public async Task<StreamPosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default)
    {
        var message = envelopes.Create(publication);
        return await SendAsync(
            message,
            "Redis did not confirm the message {0}; it may or may not be in the stream.",
            (command, arguments) => redis.ExecuteAsync(command, arguments, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<StreamPosition> EnlistAsync(ITransaction transaction, Publication publication)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var message = envelopes.Create(publication);

        // Nothing above awaits: when this method returns its task, the command is part of the transaction.
        return await SendAsync(
            message,
            "The transaction with the message {0} failed; it may or may not have been committed.",
            (command, arguments) => transaction.ExecuteAsync(command, arguments));
    }

    private async Task<StreamPosition> SendAsync(StreamMessage message, string failure, Func<string, object[], Task<RedisResult>> execute)
    {
        using var activity = StreamTelemetry.StartSend(_keys.StreamName, _clientId, message);
        EnvelopeFactory.SetTraceContext(message, activity);
        var begin = time.GetTimestamp();
        try
        {
            var reply = await execute("XADD", [(RedisKey)_keys.Stream, "*", "data", message.ToByteArray()]);
            var position = RedisReply.Position(reply);
            activity?.SetTag("redisflow.stream.position", position.ToString());
            metrics.Sent(time.GetElapsedTime(begin));
            return position;
        }
        catch (OperationCanceledException exception)
        {
            activity.Fail(exception);
            metrics.Sent(time.GetElapsedTime(begin), exception);
            throw;
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            activity.Fail(exception);
            metrics.Sent(time.GetElapsedTime(begin), exception);
            throw new StreamPublishException(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, failure, message.MessageId), exception);
        }
    }
}
