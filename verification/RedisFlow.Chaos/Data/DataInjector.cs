using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Processes;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Data;

/// <summary>Does what the schedule says.</summary>
internal sealed class DataInjector(
    DataSystem system,
    IStreamAdministration administration,
    IDatabase redis,
    int seed,
    TextWriter output
)
{
    private static readonly TimeSpan Freeze = 2 * DataArguments.Lease;

    private readonly Random _random = new(seed);
    private readonly List<string> _log = [];

    /// <summary>What happened, and when.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>Injects each fault at its time, one after the other.</summary>
    public async Task RunAsync(IReadOnlyList<(TimeSpan At, DataFault Fault)> schedule, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        foreach (var (at, fault) in schedule)
        {
            var left = at - Stopwatch.GetElapsedTime(begun);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, stop);
            }

            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            var line = $"{seconds.PadLeft(6)} s {fault}";
            _log.Add(line);
            await output.WriteLineAsync(line);

            // The fault before may not be over: the group is about to be recreated, a connection to be restored.
            await Eventually.Until(
                async () =>
                {
                    await InjectAsync(fault, stop);
                    return true;
                },
                cancellationToken: stop
            );
        }
    }

    private Task InjectAsync(DataFault fault, CancellationToken stop) =>
        fault switch
        {
            DataFault.WriterKilled => One(system.Writers).KillAsync(stop),
            DataFault.WriterFrozen => One(system.Writers).FreezeAsync(Freeze, stop),
            DataFault.ReaderKilled => One(system.Readers).KillAsync(stop),
            DataFault.ReaderFrozen => One(system.Readers).FreezeAsync(Freeze, stop),
            DataFault.RedisKilled => RestartRedisAsync(stop),
            DataFault.PostgresCrashed => RestartPostgresAsync(stop),
            DataFault.Replayed => administration.ReplayAsync(DataArguments.Group, MessagePosition.Beginning, stop),
            DataFault.GroupDestroyed => redis.ExecuteAsync(
                "XGROUP",
                "DESTROY",
                new StreamKeys(Roles.Stream).Stream,
                DataArguments.Group
            ),
            _ => throw new UnreachableException(),
        };

    private DataSlot One(IReadOnlyList<DataSlot> slots) => slots[_random.Next(slots.Count)];

    private async Task RestartRedisAsync(CancellationToken stop)
    {
        await system.Redis.KillAsync();
        await system.Redis.RestartAsync(stop);
    }

    private async Task RestartPostgresAsync(CancellationToken stop)
    {
        await system.Postgres.CrashAsync();
        await system.Postgres.RestartAsync(stop);
    }
}
