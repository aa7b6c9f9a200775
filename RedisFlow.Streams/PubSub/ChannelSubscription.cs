using System.Threading.Channels;
using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.PubSub;

/// <summary>
/// A subscription to a channel, on a connection of its own. The client library would connect and subscribe again by itself, and nobody would learn what was published in
/// between: so a subscription ends with its connection, and whoever wants to go on opens another one.
/// </summary>
internal sealed class ChannelSubscription : IDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();

    // Without a limit: the client library has read the messages by then, and would hold them in a queue of its own.
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>(new UnboundedChannelOptions { SingleReader = true });

    private ChannelSubscription(ConnectionMultiplexer connection, TimeProvider time)
    {
        _connection = connection;
        _subscriber = connection.GetSubscriber();
        _time = time;
        connection.ConnectionFailed += OnConnectionFailed;
    }

    /// <summary>Connects and subscribes. What is published after this has returned is heard, as long as the connection holds.</summary>
    /// <param name="connectionString">Where.</param>
    /// <param name="clientName">The connection's name at the server.</param>
    /// <param name="channel">The channel, taken literally.</param>
    /// <param name="interval">How often the server is asked for a sign of life.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RedisException">The server could not be reached, or refused.</exception>
    /// <exception cref="IOException">The server could not be reached.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public static async Task<ChannelSubscription> OpenAsync(
        string connectionString, string clientName, string channel, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        // RESP2, as text since not every version of the library knows it: then subscriptions have a connection of their own in all versions.
        var options = ConfigurationOptions.Parse($"{connectionString},protocol=resp2", ignoreUnknown: true);
        options.ClientName = clientName;
        options.AbortOnConnectFail = true;

        // The scripts that publish know nothing of prefixes.
        options.ChannelPrefix = default;
        var limit = TimeSpan.FromMilliseconds(options.ConnectTimeout);
        var subscription = new ChannelSubscription(
            await OwnConnection.OpenAsync(options, limit + SharedRedis.CommandLimit, time, cancellationToken), time);
        try
        {
            await subscription.SubscribeAsync(channel, limit, cancellationToken);
            _ = subscription.AskAsync(interval);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>What comes next, in the order in which the library hands it over.</summary>
    /// <exception cref="IOException">The connection broke, or the server does not answer on it: what was published since may be lost.</exception>
    public async ValueTask<Heard> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _heard.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is { } reason)
        {
            throw new IOException("The subscription ended; what was published since may be lost.", reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        OwnConnection.Close(_connection);
        _end.Dispose();
    }

    private async Task SubscribeAsync(string channel, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Some versions of the library return before the connection for subscriptions is open; to subscribe then changes nothing but the library's memory.
        await FirstAnswerAsync(limit, cancellationToken);
        var name = new RedisChannel(channel, RedisChannel.PatternMode.Literal);
        await WithinLimit(
            _subscriber.SubscribeAsync(name, (_, announcement) => _heard.Writer.TryWrite(new Heard((byte[]?)announcement ?? [], 0))), cancellationToken);
        if (_subscriber.SubscribedEndpoint(name) is null)
        {
            throw new IOException($"No server took the subscription to {channel}.");
        }
    }

    private async Task FirstAnswerAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        var backoff = new Backoff(_time);
        while (true)
        {
            try
            {
                await WithinLimit(_subscriber.PingAsync(), cancellationToken);
                return;
            }
            catch (RedisConnectionException) when (_time.GetElapsedTime(begin) < limit)
            {
                await backoff.DelayAsync(cancellationToken);
            }
        }
    }

    /// <summary>Asks on the subscription's own connection, again and again, so that one that is silent is told from one that is dead.</summary>
    private async Task AskAsync(TimeSpan interval)
    {
        try
        {
            var end = _end.Token;
            while (true)
            {
                var asked = _time.GetTimestamp();
                await WithinLimit(_subscriber.PingAsync(), end);
                _heard.Writer.TryWrite(new Heard(null, asked));
                await Task.Delay(interval, _time, end);
            }
        }
#pragma warning disable CA1031 // Whatever it is: without answers there is no subscription. Whoever reads gets the reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _heard.Writer.TryComplete(exception);
        }
    }

    // Either of the two connections: a server that drops one of them may have dropped messages.
    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure) =>
        _heard.Writer.TryComplete(failure.Exception ?? new IOException($"The connection broke: {failure.FailureType}."));

    private async Task WithinLimit(Task operation, CancellationToken cancellationToken)
    {
        SharedRedis.Observe(operation);
        await operation.WaitAsync(SharedRedis.CommandLimit, _time, cancellationToken);
    }
}
