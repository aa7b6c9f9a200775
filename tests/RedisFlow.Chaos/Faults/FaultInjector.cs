using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Processes;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Faults;

/// <summary>Does the faults of a schedule at their times, and notes when and with what result.</summary>
internal sealed class FaultInjector(RedisServer redis, ReplyDroppingProxy proxy, IReadOnlyList<WorkerSlot> workers, TextWriter output)
{
    /// <summary>How long a command may be refused (Redis may be down or paused by another fault) before the run counts as failed.</summary>
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly List<string> _incidents = [];
    private readonly List<long> _redisKills = [];

    /// <summary>What was done, in the order in which it ended.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>Faults that could not be done.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    /// <summary>When Redis was killed, in Unix milliseconds.</summary>
    public IReadOnlyList<long> RedisKills => _redisKills;

    /// <summary>Does all the faults; returns when the last one is over.</summary>
    public Task RunAsync(IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        return Task.WhenAll(faults.Select(fault => RunAsync(fault, clock, cancellationToken)));
    }

    private async Task RunAsync(Fault fault, Stopwatch clock, CancellationToken cancellationToken)
    {
        var wait = fault.At - clock.Elapsed;
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, cancellationToken);
        }

        var begin = clock.Elapsed;
        string result;
        try
        {
            result = await InjectAsync(fault, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            // The run goes on, so that its report shows what else there is; but it is not valid.
            result = $": FAILED, {exception.Message}";
            lock (_gate)
            {
                _incidents.Add($"{fault.Kind} could not be done: {exception.Message}");
            }
        }

        var line = string.Create(
            CultureInfo.InvariantCulture, $"{fault}; began {begin.TotalSeconds:0.00} s, over {clock.Elapsed.TotalSeconds:0.00} s{result}");
        lock (_gate)
        {
            _log.Add(line);
            output.WriteLine(line);
        }
    }

    private async Task<string> InjectAsync(Fault fault, CancellationToken cancellationToken)
    {
        var worker = workers[(fault.Group * Roles.WorkersPerGroup) + fault.Worker];
        switch (fault.Kind)
        {
            case FaultKind.WorkerKill:
                await worker.KillAsync(fault.Length, fault.NewInstance, cancellationToken);
                return "";
            case FaultKind.WorkerStop:
                await worker.FreezeAsync(fault.Length, cancellationToken);
                return "";
            case FaultKind.RedisKill:
                await redis.KillAsync();
                _redisKills.Add(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                await Task.Delay(fault.Length, cancellationToken);
                await redis.RestartAsync(cancellationToken);
                return "";
            case FaultKind.ClientKill:
                return await CommandAsync(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"], cancellationToken);
            case FaultKind.ClientPause:
                return await CommandAsync(["CLIENT", "PAUSE", ((long)fault.Length.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), "ALL"], cancellationToken);
            case FaultKind.DropReplies:
                var before = proxy.Dropped;
                proxy.BeginDrop();
                try
                {
                    await Task.Delay(fault.Length, cancellationToken);
                }
                finally
                {
                    proxy.EndDrop();
                }

                return string.Create(CultureInfo.InvariantCulture, $": {proxy.Dropped - before} bytes of replies dropped");
            case FaultKind.ScriptFlush:
                return await CommandAsync(["SCRIPT", "FLUSH", "SYNC"], cancellationToken);
            case FaultKind.GroupDestroy:
                return await CommandAsync(
                    ["XGROUP", "DESTROY", new StreamKeys(Roles.Stream).Stream, Roles.Groups[fault.Group]], cancellationToken);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<string> CommandAsync(string[] command, CancellationToken cancellationToken)
    {
        // Redis may be down or paused by another fault just now.
        var reply = await Eventually.Until(
            () => RawCommand.RunAsync(redis.Port, command, cancellationToken), _ => true, CommandLimit, cancellationToken);
        return $": {reply}";
    }
}
