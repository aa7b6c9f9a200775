using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class NameLeaseTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_took_the_name_and_did_not_hear_of_it_has_it_at_the_next_look()
    {
        var time = new FakeTimeProvider();
        var identity = new ConsumerIdentity(new StreamKeys(TestHost.NewStream()), "g", "same");
        RedisKey key = identity.Keys.Consumer("g", "same");
        using var masters = new MasterWatch(time, NullLogger<MasterWatch>.Instance);
        var connection = UnheardRedis.Around(redis.Connection);
        var replies = (UnheardRedis)(object)connection;
        await using var services = new ServiceCollection().AddSingleton(connection).BuildServiceProvider();
        var signals = new Core.SignalCounter();
        var core = new ConsumerStateMachine(new CoreOptions { Lanes = 1 }, signals, time, new Random(1));
        using var name = new NameLease(
            identity,
            new SharedRedis(services, masters),
            [core],
            TimeSpan.FromMinutes(10),
            time,
            NullLogger.Instance,
            Stop
        );
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await name.BeginAsync();
        await redis.Database.HashSetAsync(key, "token", "another");
        var running = name.RunAsync(end.Token);
        await TickUntilAsync(() => !name.WaitAsync().IsCompleted);

        // The other one ends, and this one takes the name, but the answer is lost.
        replies.LoseNext();
        await redis.Database.HashDeleteAsync(key, "token");
        await TickUntilAsync(() => replies.Lost);
        Assert.False(name.WaitAsync().IsCompleted);

        await TickUntilAsync(() => name.WaitAsync().IsCompletedSuccessfully);

        await end.CancelAsync();
        await running;

        Task TickUntilAsync(Func<bool> condition) =>
            Eventually.Until(
                () =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(500));
                    return condition();
                },
                TimeSpan.FromSeconds(20),
                Stop
            );
    }
}

/// <summary>A connection that loses the reply with which a name is taken.</summary>
#pragma warning disable CA1852 // The proxy is a subtype, made at run time.
internal class UnheardRedis : DispatchProxy
#pragma warning restore CA1852
{
    private object _inner = null!;
    private UnheardRedis _connection = null!;
    private volatile bool _loses;

    public bool Lost { get; private set; }

    public static IConnectionMultiplexer Around(IConnectionMultiplexer connection)
    {
        var proxy = Create<IConnectionMultiplexer, UnheardRedis>();
        var unheard = (UnheardRedis)(object)proxy;
        (unheard._inner, unheard._connection) = (connection, unheard);
        return proxy;
    }

    public void LoseNext() => _loses = true;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        if (result is IDatabase database)
        {
            var proxy = Create<IDatabase, UnheardRedis>();
            var unheard = (UnheardRedis)(object)proxy;
            (unheard._inner, unheard._connection) = (database, _connection);
            return proxy;
        }

        return result is Task<RedisResult> reply ? _connection.HearAsync(reply) : result;
    }

    private async Task<RedisResult> HearAsync(Task<RedisResult> reply)
    {
        var answer = await reply;
        if (_loses && answer.Length > 0 && (int)answer[0] == Scripts.NameReply.WasTaken)
        {
            _loses = false;
            Lost = true;
            throw new TimeoutException("The reply was lost.");
        }

        return answer;
    }
}
