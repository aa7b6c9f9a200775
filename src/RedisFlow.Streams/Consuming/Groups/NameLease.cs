using System.Globalization;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Redis;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Groups;

/// <summary>
/// Keeps the consumer's name for this worker. Two workers with one name would share one pending list: each would handle
/// what the other one does. The one that started last has the name; the other one stands by until that one has ended or
/// is silent for a lease. A worker that cannot find out goes on as it did: that Redis is away or full must not stop the
/// one worker of a name.
/// </summary>
internal sealed class NameLease(
    ConsumerIdentity identity,
    SharedRedis redis,
    IReadOnlyList<ConsumerStateMachine> cores,
    TimeSpan lease,
    TimeProvider time,
    ILogger logger,
    CancellationToken stop
) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a former holder that lives may take to notice that it lost the name.</summary>
    private static readonly TimeSpan Notice = 2 * Interval;

    /// <summary>
    /// Longer than a holder that lives is silent when one of its looks gets no answer, however short the lease is: the
    /// client gives a command up after 5 s, if not told otherwise.
    /// </summary>
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(8);

    /// <summary>How long a stop waits for Redis to release the name: without an answer it is silent soon.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromMilliseconds(500);

    private static readonly string Worker = string.Create(
        CultureInfo.InvariantCulture,
        $"process {Environment.ProcessId} on {Environment.MachineName}"
    );

    private readonly RedisKey[] _keys = [identity.Keys.Consumer(identity.Group, identity.Consumer)];
    private readonly TimeSpan _signs = lease / 10 < 4 * Interval ? lease / 10 : 4 * Interval;

    private readonly TimeSpan _silence = lease > LeastSilence ? lease : LeastSilence;
    private readonly Lock _lock = new();
    private CancellationTokenSource _term = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private TaskCompletionSource? _standingBy;
    private string _token = "";

    // What the worker asks for the name with, until there is an answer: the name may have been taken though the answer
    // was lost.
    private string? _proposed;
    private string _former = "";
    private string _rival = "";
    private bool _isNew = true;

    /// <summary>Waits while another worker has the name.</summary>
    /// <returns>A token that is cancelled when this worker loses the name, and at its stop. Another one than before:
    /// what the worker held is no longer its own.</returns>
    public async Task<CancellationToken> WaitAsync()
    {
        while (true)
        {
            Task standingBy;
            lock (_lock)
            {
                if (_standingBy is null)
                {
                    return _term.Token;
                }

                standingBy = _standingBy.Task;
            }

            await standingBy.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes the name, before the worker begins. Waits a moment if another worker had it just now, which may live.
    /// </summary>
    public async Task BeginAsync()
    {
        if (await LookAsync(stop).ConfigureAwait(false) is { } silence && silence < _signs + Notice)
        {
            await Task.Delay(Notice, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks from time to time, and gives signs of life, until <paramref name="end"/>.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(end).ConfigureAwait(false))
            {
                await LookAsync(end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The worker has ended.
        }
    }

    /// <summary>Gives the name up, so that another worker need not wait for silence.</summary>
    public async Task ReleaseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(ReleaseLimit, time);
            await redis.RunAsync(StreamScripts.ReleaseName, _keys, [_token], limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The worker has ended, and the name is free after a lease.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NameUnknown(exception, identity.Stream, identity.Group, identity.Consumer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _term.Dispose();

    /// <returns>If the name was taken from another worker: for how long that one has been silent.</returns>
    private async Task<TimeSpan?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Another token each time that the name is taken, so that a former one says that the taking was lost.
            var token = _token.Length > 0 && _standingBy is null ? _token : _proposed ??= Guid.NewGuid().ToString("N");
            RedisValue[] arguments =
            [
                token,
                _former,
                Worker,
                (long)_silence.TotalMilliseconds,
                (long)_signs.TotalMilliseconds,
                _isNew ? 1 : 0,
            ];
            var reply = RedisReply.Items(
                await redis.RunAsync(StreamScripts.HoldName, _keys, arguments, cancellationToken).ConfigureAwait(false)
            );
            (_isNew, _proposed) = (false, null);
            var text = RedisReply.Text(reply[1]);
            switch (RedisReply.Integer(reply[0]))
            {
                case NameReply.IsHeldByAnother:
                    StandBy(text);
                    return null;

                case NameReply.WasKept:
                    if (token != _token)
                    {
                        // Taken by an earlier look, whose answer was lost.
                        (_token, _former) = (token, "");
                        GoOn();
                    }

                    Notify(text);
                    return null;

                default:
                    (_token, _former) = (token, text);
                    GoOn();
                    return text.Length == 0 ? null : TimeSpan.FromMilliseconds(RedisReply.Integer(reply[2]));
            }
        }
#pragma warning disable CA1031 // It looks again, and the log has the reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NameUnknown(exception, identity.Stream, identity.Group, identity.Consumer);
            return null;
        }
    }

    /// <summary>Another worker wants this one's name, and stands by. Said once, until it is gone.</summary>
    private void Notify(string rival)
    {
        if (rival.Length > 0 && _rival.Length == 0)
        {
            logger.NameWanted(identity.Stream, identity.Group, identity.Consumer, rival);
        }

        _rival = rival;
    }

    private void StandBy(string holder)
    {
        lock (_lock)
        {
            if (_standingBy is not null)
            {
                return;
            }

            _standingBy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var core in cores)
            {
                core.StandBy();
            }

            _ = _term.CancelAsync();
        }

        logger.NameLost(identity.Stream, identity.Group, identity.Consumer, holder);
    }

    private void GoOn()
    {
        lock (_lock)
        {
            if (_standingBy is null)
            {
                return;
            }

            _term.Dispose();
            _term = CancellationTokenSource.CreateLinkedTokenSource(stop);
            foreach (var core in cores)
            {
                core.StandUp();
            }

            _standingBy.SetResult();
            _standingBy = null;
        }

        logger.NameRegained(identity.Stream, identity.Group, identity.Consumer);
    }
}
