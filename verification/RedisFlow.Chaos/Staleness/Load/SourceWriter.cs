using System.Diagnostics;
using System.Globalization;
using RedisFlow.Caching;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness.Load;

/// <summary>
/// Writes its keys' versions to the source of truth, each change in one transaction with its message, as a service
/// does. Awaits each transaction before the next. Most changes are of one key and name it; some are of all keys under a
/// prefix, or with a tag, and name that; a few say that everything changed.
/// </summary>
internal sealed class SourceWriter(
    int number,
    int seed,
    KeySpace keys,
    IConnectionMultiplexer redis,
    IStreamPublisher publisher,
    IReadOnlyList<KeyHistory> histories
)
{
    /// <summary>Sent as it is: a script that the server must know before cannot be part of a transaction.</summary>
    private static readonly string Raise = LuaResource.Load(typeof(SourceWriter).Assembly, "raise_versions");

    private const double PrefixShare = 0.05;
    private const double TagShare = 0.05;
    private const double EverythingShare = 0.0002;

    /// <summary>
    /// How long the writer lets Redis be after it did not confirm. Pacing, as a patient caller's; nothing is waited
    /// for.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(Seeds.Of(seed, number));
    private readonly int[] _own = [.. keys.OfWriter(number)];
    private readonly Dictionary<int, long> _attempted = [];

    /// <summary>Acknowledged transactions.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Acknowledged versions of keys.</summary>
    public long Versions { get; private set; }

    /// <summary>Transactions whose outcome is unknown.</summary>
    public long Unknown { get; private set; }

    /// <summary>Writes, so many times a second, until it is stopped; the last transaction is awaited.</summary>
    public async Task RunAsync(double perSecond, CancellationToken stop)
    {
        var pace = new Pace(perSecond);
        while (await pace.NextAsync(stop))
        {
            if (!await TryWriteAsync(Draw()))
            {
                Unknown++;
                await Task.Delay(Patience, CancellationToken.None);
            }
        }
    }

    private async Task<bool> TryWriteAsync(Change change)
    {
        // A version is never used again: what was attempted may have been committed.
        var versions = change.Keys.Select(key => _attempted[key] = _attempted.GetValueOrDefault(key) + 1).ToArray();
        try
        {
            var transaction = redis.GetDatabase().CreateTransaction();
            var raised = transaction.ExecuteAsync(
                "EVAL",
                [
                    Raise,
                    change.Keys.Count,
                    .. change.Keys.Select(key => (object)(RedisKey)KeySpace.Source(key)),
                    .. versions.Cast<object>(),
                ]
            );
            var position = publisher.EnlistAsync(transaction, change.Publication);

            // The transaction first: where it fails, the client leaves the tasks of its commands open for ever.
            await transaction.ExecuteAsync();
            await raised;
            Note(change.Keys, versions, await position);
            return true;
        }
        catch (Exception exception)
            when (exception is RedisException or StreamPublishException or OperationCanceledException
                || RedisFaults.IsInfrastructure(exception)
            )
        {
            return false;
        }
    }

    private void Note(IReadOnlyList<int> changed, long[] versions, MessagePosition position)
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < changed.Count; i++)
        {
            histories[changed[i]].Acknowledge(new Judging.Acknowledged(versions[i], position, now));
        }

        Acknowledged++;
        Versions += changed.Count;
    }

    private Change Draw()
    {
        var key = _own[_random.Next(_own.Length)];
        var kind = _random.NextDouble();
        if ((kind -= PrefixShare) < 0)
        {
            var prefix = KeySpace.PrefixOf(key);
            return new Change(
                [.. keys.OfPrefix(prefix)],
                Announce(new CompanyDeleted { CompanyId = prefix }, "company", prefix)
            );
        }

        if ((kind -= TagShare) < 0)
        {
            var tag = KeySpace.TagOf(key);
            return new Change([.. keys.OfTag(tag)], Announce(new UserRolesChanged { UserId = tag }, "user", tag));
        }

        return kind < EverythingShare
            ? new Change([key], Announce(new CacheInvalidation { All = true }, "all", number))
            : new Change([key], Announce(new CompanyUpdated { CompanyId = key }, "report", key));
    }

    private static Publication Announce(Google.Protobuf.IMessage payload, string what, int which) =>
        new(payload, string.Create(CultureInfo.InvariantCulture, $"{what}/{which}"), "A version was raised.");

    private sealed record Change(IReadOnlyList<int> Keys, Publication Publication);
}
