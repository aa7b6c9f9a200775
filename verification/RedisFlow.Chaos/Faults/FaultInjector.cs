using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Processes;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Faults;

/// <summary>Does the faults of a schedule at their times, and notes when and with what result.</summary>
internal sealed class FaultInjector(
    RedisServer redis,
    RedisProxy proxy,
    IReadOnlyList<WorkerSlot> workers,
    bool isAlwaysSynced,
    TextWriter output
)
{
    /// <summary>
    /// How long a command may be refused (Redis may be down or paused by another fault) before the run counts as
    /// failed.
    /// </summary>
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    private readonly FaultJournal _journal = new(output);
    private readonly Lock _gate = new();
    private readonly List<FaultEvent> _events = [];

    /// <inheritdoc cref="FaultJournal.Log"/>
    public IReadOnlyList<string> Log => _journal.Log;

    /// <inheritdoc cref="FaultJournal.Incidents"/>
    public IReadOnlyList<string> Incidents => _journal.Incidents;

    /// <summary>What was done, for the checker.</summary>
    public IReadOnlyList<FaultEvent> Events => _events;

    /// <summary>Does all the faults; returns when the last one is over.</summary>
    public Task RunAsync(IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        _journal.Begin();
        return Task.WhenAll(
            faults.Select(fault =>
                _journal.DoAsync(
                    fault.At,
                    fault.Kind.ToString(),
                    fault.ToString(),
                    () => RunAsync(fault, cancellationToken),
                    cancellationToken
                )
            )
        );
    }

    private async Task<string> RunAsync(Fault fault, CancellationToken cancellationToken)
    {
        var (done, result) = await InjectAsync(
            fault,
            new FaultEvent(fault.Kind, Stopwatch.GetTimestamp(), 0),
            cancellationToken
        );
        lock (_gate)
        {
            _events.Add(done with { End = Stopwatch.GetTimestamp() });
        }

        return result;
    }

    private async Task<(FaultEvent Done, string Result)> InjectAsync(
        Fault fault,
        FaultEvent done,
        CancellationToken cancellationToken
    )
    {
        var worker = workers[(fault.Group * Roles.WorkersPerGroup) + fault.Worker];
        switch (fault.Kind)
        {
            case FaultKind.WorkerKill:
                var (killed, killedAt) = await worker.KillAsync(
                    fault.Length,
                    fault.NewInstance,
                    fault.WhileBusy,
                    cancellationToken
                );
                return (done with { Group = worker.Group, Process = killed, Begin = killedAt }, $": {killed}");
            case FaultKind.WorkerStop:
                var (frozen, frozenAt) = await worker.FreezeAsync(fault.Length, cancellationToken);
                return (done with { Group = worker.Group, Process = frozen, Begin = frozenAt }, $": {frozen}");
            case FaultKind.RedisKill:
                await redis.KillAsync();

                // Noted after its end: what it still confirmed came before.
                var end = Stopwatch.GetTimestamp();
                await Task.Delay(fault.Length, cancellationToken);
                await redis.RestartAsync(cancellationToken);
                if (isAlwaysSynced)
                {
                    await SyncAlwaysAsync(cancellationToken);
                }

                return (done with { Begin = end }, "");
            case FaultKind.ClientKill:
                return (
                    done,
                    await CommandAsync(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"], cancellationToken)
                );
            case FaultKind.ClientPause:
                var paused = await CommandAsync(
                    [
                        "CLIENT",
                        "PAUSE",
                        ((long)fault.Length.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                        "ALL",
                    ],
                    cancellationToken
                );
                await Task.Delay(fault.Length, cancellationToken);
                return (done, paused);
            case FaultKind.DropReplies:
                return (
                    done with
                    {
                        Group = Roles.ProxiedGroup,
                    },
                    await DropRepliesAsync(fault.Length, cancellationToken)
                );
            case FaultKind.ScriptFlush:
                return (done, await CommandAsync(["SCRIPT", "FLUSH", "SYNC"], cancellationToken));
            case FaultKind.GroupDestroy:
                var group = Roles.Groups[fault.Group];
                return (
                    done with
                    {
                        Group = group,
                    },
                    await CommandAsync(
                        ["XGROUP", "DESTROY", new StreamKeys(Roles.Stream).Stream, group],
                        cancellationToken
                    )
                );
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Has Redis write its append-only file before each confirmation. Also what it confirmed since its start and still
    /// put off is written then.
    /// </summary>
    public Task SyncAlwaysAsync(CancellationToken cancellationToken) =>
        CommandAsync(["CONFIG", "SET", "appendfsync", "always"], cancellationToken);

    private async Task<string> DropRepliesAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var before = proxy.Lost;
        proxy.LoseReplies();
        try
        {
            await Task.Delay(length, cancellationToken);
        }
        finally
        {
            proxy.Reset();
        }

        return string.Create(CultureInfo.InvariantCulture, $": {proxy.Lost - before} bytes of replies dropped");
    }

    private async Task<string> CommandAsync(string[] command, CancellationToken cancellationToken)
    {
        // Redis may be down or paused by another fault just now. Over a connection of its own: a fault must come when
        // the schedule says, not when a client library has finished its handshake.
        var reply = await Eventually.Until(
            () => redis.AskAsync(command, cancellationToken),
            _ => true,
            CommandLimit,
            cancellationToken
        );
        return $": {reply[0]}";
    }
}
