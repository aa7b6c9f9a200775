using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Faults;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;
using RedisFlow.Chaos.Reporting;
using RedisFlow.Streams;
using RedisFlow.Testing;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos;

/// <summary>
/// One run: starts everything, does the faults, waits until all is consumed, judges, and writes the report.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    /// <summary>
    /// How long publishing may take beyond its time, and the groups to consume the rest: faults cost both some, a
    /// backlog more.
    /// </summary>
    private static readonly TimeSpan PublishGrace = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan FirstMessageLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SabotagedDrainLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Of how many lost messages Redis is asked whether it has them; beyond that they count as there, hence as the
    /// engine's loss.
    /// </summary>
    private const int MostAsked = 20_000;

    private readonly StreamKeys _keys = new(Roles.Stream);
    private readonly List<string> _incidents = [];

    /// <summary>Runs. All its processes have ended when it returns or throws.</summary>
    public async Task<Verdict> RunAsync(CancellationToken cancellationToken)
    {
        RunFiles.Prepare(options.Output);
        var faults = Plan();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {faults.Count} faults:"));
        foreach (var fault in faults)
        {
            output.WriteLine($"  {fault}");
        }

        var origin = ClockAnchor.Now();
        await using var redis = await RedisServer.StartAsync(cancellationToken);
        await using var proxy = new RedisProxy(redis.Port);
        var workers = Roles
            .Groups.SelectMany(
                (group, i) =>
                    Enumerable
                        .Range(0, Roles.WorkersPerGroup)
                        .Select(number => new WorkerSlot(
                            group,
                            number,
                            options.Workers[i],
                            i == 0 && number == 0 ? proxy.ConnectionString : redis.ConnectionString,
                            options
                        ))
            )
            .ToList();
        var publishers = new List<HarnessProcess>();
        var injector = new FaultInjector(redis, proxy, workers, options.IsAlwaysSynced, output);
        try
        {
            if (options.IsAlwaysSynced)
            {
                await injector.SyncAlwaysAsync(cancellationToken);
            }

            await Task.WhenAll(workers.Select(worker => worker.StartAsync(cancellationToken)));
            var load = Machine.Load();
            publishers.AddRange(
                await Task.WhenAll(
                    Enumerable
                        .Range(0, options.Publishers)
                        .Select(number =>
                            StartPublisherAsync(
                                number,
                                number == 0 ? proxy.ConnectionString : redis.ConnectionString,
                                cancellationToken
                            )
                        )
                )
            );

            // A fault before the first message would have nothing to harm.
            await Eventually.Until(
                () => redis.AskAsync(["XLEN", _keys.Stream], cancellationToken),
                length => length[0] != "0",
                FirstMessageLimit,
                cancellationToken
            );
            var clock = Stopwatch.StartNew();
            var injecting = injector.RunAsync(faults, cancellationToken);
            await AwaitPublishersAsync(publishers, cancellationToken);
            var published = clock.Elapsed;
            await injecting;
            await DrainAsync(redis, cancellationToken);
            var drained = clock.Elapsed;
            await Task.WhenAll(workers.Select(worker => worker.StopAsync()));

            _incidents.AddRange(injector.Incidents);
            _incidents.AddRange(workers.SelectMany(worker => worker.Incidents));
            var verdict = await JudgeAsync(redis, injector, origin, cancellationToken);
            var facts = new ChaosFacts(
                options,
                await Machine.VersionAsync(redis, cancellationToken),
                [.. faults.Select(fault => fault.ToString())],
                injector.Log,
                Enum.GetValues<FaultKind>()
                    .ToDictionary(kind => kind.ToString(), kind => injector.Events.Count(done => done.Kind == kind)),
                published,
                drained,
                workers.Sum(worker => worker.Incarnations),
                proxy.Lost,
                load,
                Machine.Load()
            );
            await ChaosReport.WriteAsync(options.Output, facts, verdict, cancellationToken);
            return verdict;
        }
        finally
        {
            foreach (var process in publishers)
            {
                await process.DisposeAsync();
            }

            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private async Task<HarnessProcess> StartPublisherAsync(
        int number,
        string connection,
        CancellationToken cancellationToken
    )
    {
        var share = (options.Messages / options.Publishers) + (number < options.Messages % options.Publishers ? 1 : 0);
        var name = string.Create(CultureInfo.InvariantCulture, $"publisher-{number}");
        return await HarnessProcess.StartAsync(
            name,
            Roles.Publisher,
            new PublisherArguments(
                connection,
                number,
                share,
                options.Duration,
                RunFiles.Published(options.Output, number)
            ),
            RunFiles.Log(options.Output, name),
            cancellationToken
        );
    }

    private async Task AwaitPublishersAsync(List<HarnessProcess> publishers, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Duration + PublishGrace);
        foreach (var publisher in publishers)
        {
            try
            {
                if (await publisher.WaitForExitAsync(limit.Token) is not 0 and var code)
                {
                    _incidents.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{publisher.Name} ended with exit code {code}; see its log."
                        )
                    );
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _incidents.Add($"{publisher.Name} did not get its share confirmed in time.");
                await publisher.KillAsync();
            }
        }
    }

    private IReadOnlyList<Fault> Plan()
    {
        IReadOnlyList<Fault> faults = options.Faults
            ? FaultSchedule.Create(
                options.Seed,
                options.Duration,
                options.LeaseDuration,
                Roles.Groups.Count,
                Roles.WorkersPerGroup
            )
            : [];
        var kills = FaultSchedule.CreateKills(
            options.Seed,
            options.Kills,
            options.Duration,
            Roles.Groups.Count,
            Roles.WorkersPerGroup
        );
        return [.. faults.Concat(kills).OrderBy(fault => fault.At)];
    }

    /// <summary>
    /// Waits until each group was delivered the last entry and has nothing pending. (Lag is unknown after XGROUP
    /// DESTROY.)
    /// </summary>
    private async Task DrainAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        using var connection = await redis.ConnectAsync(admin: true);
        var database = connection.GetDatabase();

        // The engine's groups first: those of workers with a fault, which may never be drained, have had as much time
        // by then.
        foreach (var (group, kind) in Roles.Groups.Zip(options.Workers).OrderBy(worker => worker.Second))
        {
            try
            {
                await Eventually.Until(
                    () => GroupProgress.ReadAsync(database, _keys, group),
                    progress => progress.IsDrained,
                    kind == WorkerKind.Engine ? DrainLimit : SabotagedDrainLimit,
                    cancellationToken
                );
            }
            catch (TimeoutException exception)
            {
                _incidents.Add($"{group} was not drained: {exception.Message}");
            }
        }
    }

    private async Task<Verdict> JudgeAsync(
        RedisServer redis,
        FaultInjector injector,
        ClockAnchor origin,
        CancellationToken cancellationToken
    )
    {
        using var connection = await redis.ConnectAsync(admin: true);
        var database = connection.GetDatabase();
        var history = RunFiles.Read(options.Output) with
        {
            DeadLetters = (long)await database.ExecuteAsync("XLEN", (RedisKey)_keys.Dead),
            Faults = injector.Events,
            IsAlwaysSynced = options.IsAlwaysSynced,
            Lease = options.LeaseDuration,
            Clock = origin,
            Incidents = _incidents,
        };
        var verdict = Checker.Check(history);
        var lost = verdict.Groups.SelectMany(group => group.Lost).Distinct().Take(MostAsked).ToList();
        if (lost.Count == 0)
        {
            return verdict;
        }

        var absent = new HashSet<MessageId>();
        foreach (var id in lost)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var position = history.Attempted[id]!.Value.ToString();
            if (
                (
                    (RedisResult[])(await database.ExecuteAsync("XRANGE", (RedisKey)_keys.Stream, position, position))!
                ).Length == 0
            )
            {
                absent.Add(id);
            }
        }

        return Checker.Check(history with { Absent = absent });
    }
}
