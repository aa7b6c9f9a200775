using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <inheritdoc/>
internal sealed class StreamPublisher(
    [FromKeyedServices] EnvelopeFactory envelopes,
    [FromKeyedServices] PlainPublisher plain,
    [FromKeyedServices] IdempotentPublisher once,
    [FromKeyedServices] BatchPublisher batches,
    [FromKeyedServices] DelayedMessages delayed,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamMetrics metrics,
    TimeProvider time
) : IStreamPublisher
{
    private const string Unconfirmed = "Redis did not confirm the message {0}; it may or may not be in the stream.";
    private const string Uncommitted =
        "The transaction with the message {0} failed; it may or may not have been committed.";
    private const string Unscheduled =
        "Redis did not confirm the delayed message {0}; it may or may not be published when it is due.";
    private const string Uncancelled =
        "Redis did not confirm that the delayed message {0} is cancelled; it may or may not be published when it is "
        + "due.";

    private readonly StreamKeys _keys = stream.Keys;
    private readonly string _clientId = stream.Options.InstanceId;

    /// <inheritdoc/>
    public async Task<MessagePosition> PublishAsync(
        Publication publication,
        CancellationToken cancellationToken = default
    )
    {
        var message = envelopes.Create(publication, nameof(publication));
        return await SendAsync(
                message,
                nameof(publication),
                Unconfirmed,
                data =>
                    publication.MessageId is { } id
                        ? once.PublishAsync(id, data, cancellationToken)
                        : plain.PublishAsync(data, cancellationToken)
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(publications);
        cancellationToken.ThrowIfCancellationRequested();
        return await batches.PublishAsync(publications, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<MessagePosition> EnlistAsync(ITransaction transaction, Publication publication)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var message = envelopes.Create(publication, nameof(publication));

        // Nothing before the command awaits: when this method returns its task, the command is part of the transaction.
        // Or the task has failed already; then that is thrown here, or the caller would execute the transaction without
        // its message.
        var published = SendAsync(
            message,
            nameof(publication),
            Uncommitted,
            data =>
                publication.MessageId is { } id
                    ? once.EnlistAsync(transaction, id, data)
                    : plain.EnlistAsync(transaction, data)
        );
        return published.IsFaulted ? Task.FromResult(published.GetAwaiter().GetResult()) : published;
    }

    /// <inheritdoc/>
    public async Task<(MessagePosition Position, RedisResult Result)> PublishAsync(
        PublishingScript script,
        Publication publication,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        var message = envelopes.Create(publication, nameof(publication));
        if (publication.MessageId is not null)
        {
            throw PublicationRules.Refused(
                nameof(publication),
                "it has a message id, and a script cannot be kept from running twice; leave the id out"
            );
        }

        RedisResult[] reply = [];
        var position = await SendAsync(
                message,
                nameof(publication),
                Unconfirmed,
                async data =>
                {
                    reply = await plain
                        .PublishAsync(script, data, keys, arguments, cancellationToken)
                        .ConfigureAwait(false);
                    return RedisReply.Position(reply[0]);
                }
            )
            .ConfigureAwait(false);
        return (position, reply[1]);
    }

    /// <inheritdoc/>
    public async Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    )
    {
        var message = envelopes.Create(publication, nameof(publication));
        using var activity = StreamTelemetry.StartCreate(_keys.StreamName, _clientId, message);
        var begin = time.GetTimestamp();
        try
        {
            var data = envelopes.Seal(message, activity, nameof(publication));
            if (
                await delayed.ScheduleAsync(message.MessageId, data, due, cancellationToken).ConfigureAwait(false)
                is not null
            )
            {
                metrics.Sent(time.GetElapsedTime(begin));
            }

            return message.MessageId;
        }
        catch (Exception exception)
        {
            activity.Fail(exception);
            if (!RedisFaults.IsRedisFault(exception))
            {
                throw;
            }

            throw Failed(Unscheduled, message.MessageId, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(string messageId, CancellationToken cancellationToken = default)
    {
        PublicationRules.CheckMessageId(messageId, nameof(messageId));
        try
        {
            return await delayed.CancelAsync(messageId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            throw Failed(Uncancelled, messageId, exception);
        }
    }

    private async Task<MessagePosition> SendAsync(
        StreamMessage message,
        string parameter,
        string failure,
        Func<byte[], Task<MessagePosition>> send
    )
    {
        using var activity = StreamTelemetry.StartSend(_keys.StreamName, _clientId, message);
        var begin = time.GetTimestamp();
        try
        {
            var position = await send(envelopes.Seal(message, activity, parameter)).ConfigureAwait(false);
            activity?.SetTag("redisflow.stream.position", position.ToString());
            metrics.Sent(time.GetElapsedTime(begin));
            return position;
        }
        catch (Exception exception)
        {
            activity.Fail(exception);
            metrics.Sent(time.GetElapsedTime(begin), exception);
            if (!RedisFaults.IsRedisFault(exception))
            {
                throw;
            }

            throw Failed(failure, message.MessageId, exception);
        }
    }

    private static StreamPublishException Failed(string failure, string messageId, Exception exception) =>
        new(string.Format(CultureInfo.InvariantCulture, failure, messageId), exception);
}
