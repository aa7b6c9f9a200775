using System.Collections.Concurrent;
using System.Text;
using RedisFlow.PubSub.Tailing;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tests;

/// <summary>Hears a stream's channel as any Redis client would, and compares it with the stream.</summary>
internal sealed class ChannelListener
{
    private const string End = "the end of the test";

    private readonly ConcurrentQueue<string> _heard = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDatabase _database;
    private readonly StreamKeys _keys;

    private ChannelListener(IDatabase database, StreamKeys keys)
    {
        _database = database;
        _keys = keys;
    }

    public static async Task<ChannelListener> StartAsync(IConnectionMultiplexer connection, string stream)
    {
        var listener = new ChannelListener(connection.GetDatabase(), new StreamKeys(stream));

        // A queue, because handlers are called side by side: it keeps the order in which messages came.
        var messages = await connection
            .GetSubscriber()
            .SubscribeAsync(RedisChannel.Literal(Announcement.Channel(listener._keys)));
        messages.OnMessage(message => listener.Hear((byte[])message.Message!));
        return listener;
    }

    /// <summary>All that was published on the channel until now.</summary>
    public async Task<IReadOnlyList<string>> HeardAsync()
    {
        // By the node that has the stream: a cluster keeps the order of what one node publishes.
        await _database.ScriptEvaluateAsync(
            "redis.call('PUBLISH', ARGV[1], ARGV[2])",
            [_keys.Stream],
            [Announcement.Channel(_keys), End]
        );
        await _ended.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        return [.. _heard];
    }

    /// <summary>What should have been published for the entries that the stream has.</summary>
    public async Task<IReadOnlyList<string>> ExpectedAsync()
    {
        var entries = (RedisResult[])(await _database.ExecuteAsync("XRANGE", (RedisKey)_keys.Stream, "-", "+"))!;
        return
        [
            .. entries.Select(entry =>
            {
                var parts = (RedisResult[])entry!;
                var fields = (RedisResult[])parts[1]!;
                return Text([.. Encoding.ASCII.GetBytes((string)parts[0]! + "|"), .. (byte[])fields[1]!]);
            }),
        ];
    }

    private void Hear(byte[] message)
    {
        if (message.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(End)))
        {
            _ended.SetResult();
        }
        else
        {
            _heard.Enqueue(Text(message));
        }
    }

    // Every byte as one character.
    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
