using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Consuming.Reading;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Telemetry;

namespace RedisFlow.Streams.Consuming;

/// <summary>
/// Takes back what the group has parked, as soon as this build can decode it, in the order of each subject; and what
/// was parked for longer than
/// <see cref="StreamOptions.ParkedRetention"/>, which becomes a dead letter. One worker of the group does so at a time:
/// who has the lease. It keeps it as long as it holds any of the messages. They are in a pending list of their own, so
/// a worker that dies with some in hand leaves them to the next one, with their attempts.
/// </summary>
internal sealed class ParkedReturn(
    ConsumerIdentity identity,
    ParkedMessages messages,
    MessageDecoder decoder,
    PendingIntake intake,
    ConsumerStateMachine core,
    NameLease name,
    StreamOptions options,
    TimeProvider time,
    ILogger logger
)
{
    private const int PageSize = 100;

    /// <summary>
    /// For how many looks a worker that could take nothing leaves the lease to others, which may know more.
    /// </summary>
    private const int Rest = 10;

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for Redis to release the lease: without an answer it ends by itself.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _interval =
        options.LeaseDuration / 3 < LongestInterval ? options.LeaseDuration / 3 : LongestInterval;
    private readonly Backoff _backoff = new(time);
    private Task _walk = Task.CompletedTask;
    private bool _holds;
    private int _rest;

    // What had left last when this worker last went through all.
    private string? _examined;

    /// <summary>Looks from time to time, and takes back what can be, until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(await name.WaitAsync().ConfigureAwait(false)).ConfigureAwait(false);
                _backoff.Reset();
                await Task.Delay(_interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The worker stops, or has lost its name and stands by.
            }
#pragma warning disable CA1031 // What is parked is safe; it looks again, and the log has the reason.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.ParkedUnknown(exception, identity.Stream, identity.Group);
                await _backoff.DelayAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await _walk.ConfigureAwait(false);
    }

    /// <summary>Gives the lease up, so that another worker need not wait for it. When nothing runs any more.</summary>
    public async Task ReleaseAsync()
    {
        if (_holds)
        {
            try
            {
                using var limit = new CancellationTokenSource(ReleaseLimit, time);
                await messages.ReleaseAsync(limit.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It ends by itself.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.ParkedUnknown(exception, identity.Stream, identity.Group);
            }
        }
    }

    private async Task LookAsync(CancellationToken term)
    {
        var look = await messages.LookAsync(term).ConfigureAwait(false);
        var mayReturn = MayReturn(look) && (_rest == 0 || --_rest == 0);
        if (_holds && !mayReturn && _walk.IsCompleted && core.Count == 0)
        {
            await messages.ReleaseAsync(term).ConfigureAwait(false);
            _holds = false;
        }
        else if (_holds || mayReturn)
        {
            _holds = await messages.HoldAsync(term).ConfigureAwait(false);
            if (_holds && mayReturn && _walk.IsCompleted)
            {
                _walk = WalkAsync(look, term);
            }
        }
    }

    /// <summary>
    /// Whether there may be something for this worker: also what another one took and left, which the lease keeps apart
    /// from what one works on.
    /// </summary>
    private bool MayReturn(ParkedLook look) =>
        (look.Left is not null && look.Left != _examined)
        || look.WaitsFor.Any(decoder.Knows)
        || look.Taken > core.Count
        || (look.Oldest is { } oldest && IsExpired(oldest, look));

    private bool IsExpired(MessagePosition id, ParkedLook look) =>
        id.Milliseconds + options.ParkedRetention.TotalMilliseconds < look.Now;

    /// <summary>
    /// Goes once through all that is parked. What this build cannot decode keeps its place, and keeps what follows of
    /// its subject.
    /// </summary>
    private async Task WalkAsync(ParkedLook look, CancellationToken term)
    {
        var taken = 0;
        try
        {
            var blocked = new HashSet<string>(StringComparer.Ordinal);
            var isAllFree = true;
            IReadOnlyList<ParkedEntry> page = [];
            do
            {
                page = await messages
                    .PageAsync(page is [.., var last] ? last.Id : null, PageSize, term)
                    .ConfigureAwait(false);
                List<MessagePosition> free =
                [
                    .. page.Where(entry => IsFree(entry, blocked, look)).Select(entry => entry.Id),
                ];
                isAllFree &= free.Count == page.Count;
                if (
                    await intake.TakeAsync(free, ids => messages.TakeAsync(ids, term), term).ConfigureAwait(false)
                    is not { } count
                )
                {
                    return;
                }

                taken += count;
            } while (page.Count > 0);

            // What this build cannot decode may be what another one is to look for.
            _examined = look.Left;
            if (isAllFree)
            {
                await messages.ForgetLeftAsync(look, term).ConfigureAwait(false);
            }

            if (taken == 0 && core.Count == 0)
            {
                _rest = Rest;
            }
        }
        catch (OperationCanceledException)
        {
            // As above.
        }
#pragma warning disable CA1031 // What is parked is safe; the next walk starts over, and the log has the reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.ParkedUnknown(exception, identity.Stream, identity.Group);
        }

        if (taken > 0)
        {
            logger.TakenBack(identity.Stream, identity.Group, taken);
        }
    }

    private bool IsFree(ParkedEntry entry, HashSet<string> blocked, ParkedLook look)
    {
        if (blocked.Contains(entry.Subject))
        {
            return false;
        }

        var isFree = decoder.Knows(entry.Schema, entry.Type) || IsExpired(entry.Id, look);
        if (!isFree && entry.Subject.Length > 0)
        {
            blocked.Add(entry.Subject);
        }

        return isFree;
    }
}
