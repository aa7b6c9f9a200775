using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Settings;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Publishing;

/// <inheritdoc/>
internal sealed class DurablePublisher(
    StreamConnection connection,
    ServerTier tier,
    [FromKeyedServices] EnvelopeFactory envelopes,
    [FromKeyedServices] StreamContext stream,
    [FromKeyedServices] StreamMetrics metrics,
    TimeProvider time
) : IDurableStreamPublisher, IDisposable
{
    private readonly StreamDurabilityOptions _required = stream.Options.Durability;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private Task<Session>? _session;

    /// <inheritdoc/>
    public Task<MessagePosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default) =>
        RunAsync(
            [publication],
            publisher => publisher.PublishAsync(publication, cancellationToken),
            position => [position],
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    ) =>
        publications is { Count: 0 }
            ? Task.FromResult<IReadOnlyList<MessagePosition>>([])
            : RunAsync(
                publications,
                publisher => publisher.PublishAsync(publications, cancellationToken),
                positions => positions,
                cancellationToken
            );

    /// <inheritdoc/>
    public Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            [publication],
            publisher => publisher.PublishAtAsync(publication, due, cancellationToken),
            _ => [],
            cancellationToken
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        Task<Session>? session;
        lock (_gate)
        {
            session = _session;
        }

        // One that is about to open is closed then.
        session?.ContinueWith(
            static opened => opened.Result.Connection.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private async Task<T> RunAsync<T>(
        IReadOnlyList<Publication> publications,
        Func<StreamPublisher, Task<T>> publish,
        Func<T, IReadOnlyList<MessagePosition>> positions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(publications);
        Session session;
        try
        {
            session = await SessionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamPublishException)
        {
            // What would be refused in any case is refused while Redis is away, too.
            foreach (var publication in publications)
            {
                envelopes.Create(publication, nameof(publications));
            }

            throw;
        }

        T published;
        try
        {
            published = await publish(session.Publisher).ConfigureAwait(false);
        }
        catch (StreamPublishException exception)
        {
            if (exception.InnerException is { } reason && RedisFaults.IsEndOfConnection(reason))
            {
                session.Connection.Dispose();
            }

            if (exception.Confirmed.Count == 0)
            {
                throw;
            }

            // The first ones are confirmed by the primary alone.
            throw new StreamPublishException(
                $"No message of the batch is confirmed by replicas. {exception.Message}",
                [],
                exception.Confirmed.Count + exception.UncertainCount,
                exception.InnerException
            );
        }

        await ConfirmAsync(session.Connection, positions(published), cancellationToken).ConfigureAwait(false);
        return published;
    }

    private async Task ConfirmAsync(
        ConfirmingConnection session,
        IReadOnlyList<MessagePosition> positions,
        CancellationToken cancellationToken
    )
    {
        var begin = time.GetTimestamp();
        StreamDurabilityException? failure = null;
        try
        {
            var confirmation = await session.ConfirmAsync(cancellationToken).ConfigureAwait(false);
            failure = confirmation.Suffices(_required)
                ? null
                : new StreamDurabilityException(positions, _required, confirmation.Replicas, confirmation.IsFsynced);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            // Whatever it is, what was written on this connection cannot be confirmed any more.
            session.Dispose();
            failure = new StreamDurabilityException(positions, _required, replicas: null, isFsynced: null, exception);
        }

        metrics.Confirmed(
            time.GetElapsedTime(begin),
            failure,
            failure is null ? positions.Count : failure.UncertainCount
        );
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Returns the session that is open, or opens one, which callers at the same time share.</summary>
    private async Task<Session> SessionAsync(CancellationToken cancellationToken)
    {
        Task<Session> session;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, this);
            if (_session is { IsCompletedSuccessfully: true, Result.Connection.IsBroken: true } broken)
            {
                broken.Result.Connection.Dispose();
                _session = null;
            }

            session = _session is null or { IsCompleted: true, IsCompletedSuccessfully: false }
                ? _session = OpenAsync()
                : _session;
        }

        try
        {
            return await session.OrAbandon(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
        {
            throw new StreamPublishException(
                $"The connection for durable messages could not be opened ({exception.Message}); nothing was sent.",
                [],
                uncertain: 0,
                exception
            );
        }
    }

    private async Task<Session> OpenAsync()
    {
        // Away from the lock, which the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var redis = await ConfirmingConnection
            .OpenAsync(
                connection.ConnectionString!,
                stream.Options.InstanceId.Replace(' ', '_'),
                stream.Keys,
                _required,
                _end.Token
            )
            .ConfigureAwait(false);
        var once = new IdempotentPublisher(redis, tier, stream, time);
        var publisher = new StreamPublisher(
            envelopes,
            new PlainPublisher(redis, stream),
            once,
            new BatchPublisher(redis, envelopes, once, stream, metrics, time),
            new DelayedMessages(redis, once, stream),
            stream,
            metrics,
            time
        );
        return new Session(redis, publisher);
    }

    /// <param name="Connection">A connection.</param>
    /// <param name="Publisher">Publishes over it alone: what is published and its confirmation are never on two
    /// connections.</param>
    private sealed record Session(ConfirmingConnection Connection, StreamPublisher Publisher);
}
