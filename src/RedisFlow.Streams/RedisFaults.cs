using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>Tells faults of the infrastructure from faults of a message or of the code.</summary>
public static class RedisFaults
{
    // Error codes with which a server says "not now", rather than "not so". EXECABORT is all that a client gets to see
    // of a transaction in which a command was refused with one of the others; those that are refused for good, as an
    // unknown command is, are the server's matter too.
    private static readonly string[] Transient =
    [
        "LOADING",
        "READONLY",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "MOVED ",
        "ASK ",
        "BUSY ",
        "OOM",
        "MISCONF",
        "NOREPLICAS",
        "NOAUTH",
        "WRONGPASS",
        "UNBLOCKED",
        "EXECABORT",
    ];

    // MOVED also as the client words it, where it must not follow.
    private static readonly string[] OfReplica =
    [
        "READONLY",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "UNBLOCKED",
        "MOVED ",
        "Key has MOVED",
    ];

    /// <summary>
    /// Redis, or another service that a handler needs, is down, unreachable, too slow or refuses for now. Such a fault
    /// says nothing about the message at hand.
    /// </summary>
    public static bool IsInfrastructure(Exception exception) =>
        exception switch
        {
            RedisConnectionException or RedisTimeoutException or TimeoutException => true,
            HttpRequestException
            {
                StatusCode: null
                    or >= HttpStatusCode.InternalServerError
                    or HttpStatusCode.RequestTimeout
                    or HttpStatusCode.TooManyRequests,
            } => true,
            SocketException or IOException => true,

            // How HttpClient says that its timeout has passed.
            OperationCanceledException { InnerException: TimeoutException } => true,
            RedisServerException server => IsPassing(server),
            StreamDurabilityException or StreamPartialFaultException => true,
            StreamPublishException { InnerException: { } inner } => IsInfrastructure(inner),
            AggregateException { InnerExceptions: [var only] } => IsInfrastructure(only),
            _ => DatabaseFaultOf(exception) is { IsTransient: true },
        };

    /// <summary>Redis refuses for now, e.g. while it loads its data: "not now", as opposed to "not so".</summary>
    public static bool IsPassing(RedisServerException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Array.Exists(Transient, code => exception.Message.StartsWith(code, StringComparison.Ordinal));
    }

    // Mappers wrap it, more than once where their retries are used up.
    private static DbException? DatabaseFaultOf(Exception? exception) =>
        exception is null or DbException ? (DbException?)exception : DatabaseFaultOf(exception.InnerException);

    /// <summary>
    /// A call to Redis failed in a way that a retry may repair; wider than <see cref="IsInfrastructure"/>, for the
    /// engine's own calls.
    /// </summary>
    internal static bool IsRedisFault(Exception exception) =>
        exception is RedisException or TimeoutException or ObjectDisposedException or SocketException
        || IsInfrastructure(exception);

    /// <summary>
    /// The reply of a server that is not the master, or not of this slot: the sender of the command knows an older
    /// state of things. A blocked read is ended with UNBLOCKED when its server becomes a replica; for other reasons
    /// too, which a look at the servers does not harm.
    /// </summary>
    internal static bool IsRefusalOfReplica(string reply) =>
        Array.Exists(OfReplica, code => reply.StartsWith(code, StringComparison.Ordinal));

    /// <summary>
    /// The connection is of no use any more: it broke, does not answer, or leads to a server that is not the master, or
    /// not of this slot.
    /// </summary>
    internal static bool IsEndOfConnection(Exception exception) =>
        exception is RedisConnectionException or TimeoutException or ObjectDisposedException
        || (exception is RedisException && IsRefusalOfReplica(exception.Message));

    /// <summary>
    /// The consumer group, or the stream with all its groups, does not exist (any more). A blocked read is ended for
    /// other reasons, too (CLIENT UNBLOCK, a server that becomes a replica), which say nothing about the group.
    /// </summary>
    internal static bool IsMissingGroup(Exception exception) =>
        exception is RedisServerException
        && (
            exception.Message.StartsWith("NOGROUP", StringComparison.Ordinal)
            || exception.Message.StartsWith("UNBLOCKED the stream key no longer exists", StringComparison.Ordinal)
        );
}
