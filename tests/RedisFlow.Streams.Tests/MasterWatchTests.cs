using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Looks for the master that fail.</summary>
public sealed class MasterWatchTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_at_a_connection_that_is_disposed_is_not_repeated_and_the_next_sign_is_heeded()
    {
        using var watch = new MasterWatch(_time, NullLogger<MasterWatch>.Instance);
        var connection = BrokenConnection.Create(new ObjectDisposedException("connection"));
        watch.Watch((IConnectionMultiplexer)connection);

        await Eventually.Until(() => connection.Looks == 2 || connection.Fail(), cancellationToken: Stop);

        Assert.Equal(2, connection.Looks);
    }

    [Fact]
    public async Task A_look_that_fails_for_whatever_reason_is_repeated_after_a_pause()
    {
        using var watch = new MasterWatch(_time, NullLogger<MasterWatch>.Instance);
        var connection = BrokenConnection.Create(new NotSupportedException());
        watch.Watch((IConnectionMultiplexer)connection);
        connection.Fail();
        await Eventually.Until(() => connection.Looks == 1, cancellationToken: Stop);

        await Eventually.Until(
            () =>
            {
                _time.Advance(MasterWatch.Pause);
                return connection.Looks == 3;
            },
            cancellationToken: Stop
        );
    }
}

/// <summary>A connection that has no servers, and fails when it is to look for some.</summary>
#pragma warning disable CA1852 // The proxy is a subtype, made at run time.
internal class BrokenConnection : DispatchProxy
#pragma warning restore CA1852
{
    private Exception _exception = null!;
    private EventHandler<ConnectionFailedEventArgs>? _failed;
    private int _looks;

    public int Looks => Volatile.Read(ref _looks);

    public static BrokenConnection Create(Exception exception)
    {
        var proxy = (BrokenConnection)(object)Create<IConnectionMultiplexer, BrokenConnection>();
        proxy._exception = exception;
        return proxy;
    }

    /// <summary>Says that the connection was lost.</summary>
    /// <returns><c>false</c>.</returns>
    public bool Fail()
    {
        _failed!(
            this,
            new ConnectionFailedEventArgs(
                this,
                new IPEndPoint(IPAddress.Loopback, 1),
                ConnectionType.Interactive,
                ConnectionFailureType.SocketClosed,
                _exception,
                "test"
            )
        );
        return false;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(IConnectionMultiplexer.ConfigureAsync):
                Interlocked.Increment(ref _looks);
                throw _exception;
            case nameof(IConnectionMultiplexer.GetServers):
                return Array.Empty<IServer>();
            case "add_ConnectionFailed":
                _failed = (EventHandler<ConnectionFailedEventArgs>)args![0]!;
                return null;
            default:
                return null;
        }
    }
}
