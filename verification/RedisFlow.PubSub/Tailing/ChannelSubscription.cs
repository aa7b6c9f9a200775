using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Threading;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tailing;

/// <summary>
/// A subscription to a channel, on a connection of its own: RESP2, see <see cref="OwnConnection"/>. The client would
/// connect and subscribe again by itself, and what was published in between would be missed without a word: so a
/// subscription ends with its connection, and its owner opens another one to go on.
/// </summary>
internal sealed class ChannelSubscription : IDisposable
{
    private const int NoAnswer = -1;

    private readonly ConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly AsyncSignal _news = new();
    private ChannelMessageQueue? _messages;
    private Exception? _failure;

    // When the question was asked that the server has answered last; 0 if there is no new answer.
    private long _answered;

    // The answer that is handed on after this many messages, which had come before it.
    private int _before = NoAnswer;
    private long _asked;

    private ChannelSubscription(ConnectionMultiplexer connection, TimeProvider time)
    {
        _connection = connection;
        _subscriber = connection.GetSubscriber();
        _time = time;
        connection.ConnectionFailed += OnConnectionFailed;
    }

    /// <summary>
    /// Connects and subscribes. It receives what is published after this has returned, as long as the connection holds.
    /// </summary>
    /// <param name="connectionString">Where.</param>
    /// <param name="clientName">The connection's name at the server.</param>
    /// <param name="channel">The channel, taken literally.</param>
    /// <param name="key">The key of the stream: by the master that serves it, messages come in the stream's
    /// order.</param>
    /// <param name="interval">How often the server is asked for a sign of life.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RedisException">The server could not be reached, or refused.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public static async Task<ChannelSubscription> OpenAsync(
        string connectionString,
        string clientName,
        string channel,
        RedisKey key,
        TimeSpan interval,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var options = OwnConnection.Options(connectionString, clientName);

        // The connection for subscriptions may come a moment after the other one: the first command to it waits.
        options.BacklogPolicy = BacklogPolicy.Default;

        // The scripts that announce know nothing of prefixes.
        options.ChannelPrefix = default;
        var subscription = new ChannelSubscription(
            await OwnConnection.OpenAsync(options, key, cancellationToken).ConfigureAwait(false),
            time
        );
        try
        {
            await subscription.SubscribeAsync(channel, cancellationToken).ConfigureAwait(false);
            _ = subscription.AskAsync(interval);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What comes next, in the order in which it came: an answer after all that was published before it.
    /// </summary>
    /// <exception cref="IOException">The connection broke, or the server does not answer on it: what was published
    /// since may be lost.</exception>
    public async ValueTask<Heard> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_before == NoAnswer && Interlocked.Exchange(ref _answered, 0) is > 0 and var asked)
            {
                _asked = asked;
                _messages!.TryGetCount(out _before);
            }

            if (_before == 0)
            {
                _before = NoAnswer;
                return new Heard(null, _asked);
            }

            if (_messages!.TryRead(out var message))
            {
                _before -= _before > 0 ? 1 : 0;
                return new Heard((byte[]?)message.Message ?? [], 0);
            }

            if (Volatile.Read(ref _failure) is { } reason)
            {
                throw new IOException("The subscription ended; what was published since may be lost.", reason);
            }

            await _news.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        OwnConnection.Close(_connection);
        _end.Dispose();
    }

    private async Task SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        // A queue keeps the order of the channel, which handlers of the client do not. The handler only says that there
        // is something in the queue.
        var name = RedisChannel.Literal(channel);
        _messages = await _subscriber
            .SubscribeAsync(name, CommandFlags.DemandMaster)
            .OrAbandon(cancellationToken)
            .ConfigureAwait(false);
        await _subscriber
            .SubscribeAsync(name, (_, _) => _news.Set(), CommandFlags.DemandMaster)
            .OrAbandon(cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Asks on the subscription's own connection, again and again, so that one that is silent is told from one that is
    /// dead.
    /// </summary>
    private async Task AskAsync(TimeSpan interval)
    {
        try
        {
            var end = _end.Token;
            while (true)
            {
                var asked = _time.GetTimestamp();
                await _subscriber.PingAsync(CommandFlags.DemandMaster).OrAbandon(end).ConfigureAwait(false);
                Interlocked.Exchange(ref _answered, asked);
                _news.Set();
                await Task.Delay(interval, _time, end).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever it is: without answers there is no subscription. The reader gets the reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(exception);
        }
    }

    // Either of the two connections: a server that drops one of them may have dropped messages.
    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure) =>
        End(failure.Exception ?? new IOException($"The connection broke: {failure.FailureType}."));

    private void End(Exception reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        _news.Set();
    }
}
