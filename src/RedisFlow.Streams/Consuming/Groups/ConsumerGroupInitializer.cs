using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Groups;

/// <summary>
/// Keeps the group in existence. A group that vanished (FLUSHALL, a restart without data, XGROUP DESTROY) is recreated
/// where, as last observed, the WHOLE group had settled everything: what any of its consumers still had in hand is
/// delivered again.
/// </summary>
internal sealed class ConsumerGroupInitializer(
    ConsumerIdentity identity,
    GroupDeclaration declaration,
    SharedRedis redis,
    StreamMetrics metrics,
    ILogger logger
)
{
    private MessagePosition _settled = MessagePosition.Beginning;
    private bool _exists;
    private bool _wasMissing;

    /// <summary>Creates the group if it is not known to exist.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_exists)
        {
            return;
        }

        var created = await declaration.DeclareAsync(identity.Group, _settled, cancellationToken).ConfigureAwait(false);
        if (created && _wasMissing)
        {
            metrics.Healed(identity.Group);
        }

        await EnterAsync(cancellationToken).ConfigureAwait(false);
        _exists = true;
        _wasMissing = false;
        await ObserveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes the consumer known before it receives anything: before Redis 7.2 a read that waits does not, and a group
    /// without consumers may be retired.
    /// </summary>
    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            await redis
                .SendAsync(
                    database =>
                        database.ExecuteAsync(
                            "XGROUP",
                            ["CREATECONSUMER", (RedisKey)identity.Keys.Stream, identity.Group, identity.Consumer],
                            CommandFlags.DemandMaster
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (!RedisFaults.IsMissingGroup(exception))
        {
            // A full server refuses it, and an ACL may. The worker must go on: it makes room, and the entries it
            // receives make it known.
        }
    }

    /// <summary>Remembers how far the group has settled the stream.</summary>
    public async Task ObserveAsync(CancellationToken cancellationToken)
    {
        var state = await StreamState
            .ReadAsync(redis, identity.Keys, identity.Group, cancellationToken)
            .ConfigureAwait(false);
        if (state.Settled is { } settled)
        {
            _settled = settled;
        }
    }

    /// <summary>A command found no group.</summary>
    public void MarkMissing()
    {
        _exists = false;
        _wasMissing = true;
        logger.GroupMissing(identity.Stream, identity.Group, _settled);
    }
}
