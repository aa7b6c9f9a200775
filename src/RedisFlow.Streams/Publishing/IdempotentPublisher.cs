using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Servers;
using RedisFlow.Streams.Settings;
using StackExchange.Redis;

namespace RedisFlow.Streams.Publishing;

/// <summary>
/// Publishes a message with an id at most once: by XADD IDMP where the server has it and the stream is prepared for it,
/// else by a script that does the same on every server.
/// </summary>
internal sealed class IdempotentPublisher(
    IRedisSender redis,
    ServerTier tier,
    [FromKeyedServices] StreamContext stream,
    TimeProvider time
)
{
    /// <summary>For how long a stream counts as prepared. A stream that was removed and recreated does not.</summary>
    private static readonly TimeSpan PreparedFor = TimeSpan.FromSeconds(1);

    /// <summary>How many digits of an id's hash name its producer, as in <c>publish_once.lua</c>, which says why so
    /// many.</summary>
    internal const int ProducerDigits = 2;

    private readonly StreamKeys _keys = stream.Keys;
    private readonly long _window = (long)stream.Options.IdempotencyWindow.TotalMilliseconds;
    private Preparation? _preparation;

    /// <summary>How long ids are remembered, in milliseconds.</summary>
    public long Window => _window;

    /// <summary>Prepares the stream to remember ids, unless that was done within the last second.</summary>
    /// <returns>Whether XADD IDMP alone suffices.</returns>
    public async ValueTask<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        var server = await tier.GetAsync(cancellationToken).ConfigureAwait(false);
        var known = Volatile.Read(ref _preparation);
        if (known is null || !ReferenceEquals(known.Server, server) || time.GetElapsedTime(known.At) > PreparedFor)
        {
            // Callers at the same time share it; not one's token, since the others wait for it too. It ends by itself,
            // after the limit of a command.
            var next = new Preparation(server, time.GetTimestamp(), new(RunPreparationAsync));
            var before = Interlocked.CompareExchange(ref _preparation, next, known);
            known = ReferenceEquals(before, known) ? next : before!;
        }

        try
        {
            return await known.Remembers.Value.WaitAsync(cancellationToken).ConfigureAwait(false)
                && server.HasIdempotentAdd;
        }
        catch when (known.Remembers.Value.IsFaulted)
        {
            Interlocked.CompareExchange(ref _preparation, null, known);
            throw;
        }
    }

    /// <summary>Publishes, or finds the message that was published with the id.</summary>
    public async Task<MessagePosition> PublishAsync(string id, byte[] data, CancellationToken cancellationToken)
    {
        if (await PrepareAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return RedisReply.Position(
                    await redis
                        .SendAsync(
                            database =>
                                database.StreamAddAsync(
                                    _keys.Stream,
                                    RawEntry.DataField,
                                    data,
                                    new StreamIdempotentId(Producer(id), id),
                                    flags: redis.Flags
                                ),
                            cancellationToken
                        )
                        .ConfigureAwait(false)
                );
            }
            catch (RedisServerException exception) when (ServerTier.IsUnknown(exception))
            {
                // Another server than the one that was asked: the script works on both.
                tier.Forget();
            }
        }

        var reply = await redis
            .RunAsync(StreamScripts.Publish, Keys(id), [_window, 0, id, data], cancellationToken)
            .ConfigureAwait(false);
        return RedisReply.Position(RedisReply.Items(reply)[0]);
    }

    /// <summary>
    /// Adds the publish to a transaction. Always the script, which chooses on the server when it runs: what a client
    /// knows may be outdated then, and a command that fails inside a transaction does not keep the rest from being
    /// committed.
    /// </summary>
    public async Task<MessagePosition> EnlistAsync(ITransaction transaction, string id, byte[] data) =>
        RedisReply.Position(
            RedisReply.Items(
                await StreamScripts
                    .Publish.EnlistAsync(transaction, Keys(id), [_window, 1, id, data])
                    .ConfigureAwait(false)
            )[0]
        );

    /// <summary>
    /// The producer under which the stream remembers an id: part of a hash of the id, since the number of ids of one
    /// producer is limited, and the same for every instance and after every restart.
    /// </summary>
    internal static string Producer(string id)
    {
        // As the scripts do. It spreads ids evenly; nothing here rests on its strength.
#pragma warning disable CA5350
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.UTF8.GetBytes(id), hash);
#pragma warning restore CA5350
        return Convert.ToHexStringLower(hash)[..ProducerDigits];
    }

    private RedisKey[] Keys(string id) => [_keys.Stream, _keys.PublishedMark, _keys.Published(id)];

    private async Task<bool> RunPreparationAsync() =>
        RedisReply.Integer(
            await redis
                .RunAsync(
                    StreamScripts.PrepareIdempotency,
                    [_keys.Stream, _keys.PublishedMark],
                    [_window],
                    CancellationToken.None
                )
                .ConfigureAwait(false)
        ) == 1;

    /// <param name="Server">The server that was prepared.</param>
    /// <param name="At">When its preparation began, so that it is never older than it seems.</param>
    /// <param name="Remembers">Whether the stream remembers all ids.</param>
    private sealed record Preparation(ServerFeatures Server, long At, Lazy<Task<bool>> Remembers);
}
