using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;
using RedisFlow.Chaos.Staleness.Auditing;
using RedisFlow.Chaos.Staleness.Faults;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Chaos.Staleness.Load;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Chaos.Staleness.Reporting;
using RedisFlow.Domain;
using RedisFlow.Streams;
using RedisFlow.Testing;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness;

/// <summary>
/// One run: starts everything, and then, round after round, writes and reads under faults, lets all come to rest, and
/// audits what the caches hold. A run with a fault on purpose ends when that is found.
/// </summary>
internal sealed class StalenessRun(StalenessOptions options, TextWriter output)
{
    /// <summary>
    /// Readers of a node, half of them with positions. Enough that slow loads and waits for positions do not hold up
    /// the rest.
    /// </summary>
    private const int ReadersPerNode = 16;

    /// <summary>
    /// How often a run with a fault on purpose looks whether it was found. Nothing else waits for it.
    /// </summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly KeySpace _keys = new(options.Keys);
    private readonly List<string> _incidents = [];
    private readonly List<AuditFigures> _audits = [];
    private readonly StaleReads _stale = new(NodeSettings.Bound(options.Blindness));

    /// <summary>Runs. All its processes have ended when it returns or throws.</summary>
    public async Task<StalenessVerdict> RunAsync(CancellationToken cancellationToken)
    {
        RunFiles.Prepare(options.Output);
        var schedule = Enumerable
            .Range(0, options.Rounds)
            .Select(round =>
                options.Faults
                    ? NodeFaultSchedule.Create(
                        options.Seed,
                        round,
                        options.Round,
                        NodeSettings.Bound(options.Blindness)
                    )
                    : []
            )
            .ToList();
        Print(schedule);

        await using var redis = await RedisServer.StartAsync(cancellationToken);
        using var connection = await redis.ConnectAsync(admin: true);
        var nodes = StalenessOptions
            .Services.SelectMany(
                (_, service) =>
                    Enumerable
                        .Range(0, StalenessOptions.InstancesPerService)
                        .Select(instance => new NodeSlot(
                            service,
                            instance.ToString(CultureInfo.InvariantCulture),
                            redis,
                            options
                        ))
            )
            .ToList();
        try
        {
            await Task.WhenAll(nodes.Select(node => node.StartAsync(cancellationToken)));
            using var source = SourceHost(redis);
            await source.StartAsync(cancellationToken);
            var publisher = source.Services.GetRequiredService<IStreamPublisher>();
            using var writing = ChildHost.Connect(redis.ConnectionString);
            var histories = _keys.All.Select(_ => new KeyHistory()).ToArray();
            var writers = Enumerable
                .Range(0, KeySpace.Writers)
                .Select(number => new SourceWriter(number, options.Seed, _keys, writing, publisher, histories))
                .ToList();
            var readers = nodes
                .SelectMany(
                    (node, i) =>
                        Enumerable
                            .Range(0, ReadersPerNode)
                            .Select(number => new NodeReader(
                                (i * ReadersPerNode) + number,
                                options.Seed,
                                node,
                                number % 2 == 1,
                                histories,
                                _stale
                            ))
                )
                .ToList();
            var injector = new NodeFaultInjector(redis, nodes, output);
            var quiet = new QuietWait(options, connection.GetDatabase(), publisher, nodes);
            var auditor = new Auditor(options, redis, connection.GetDatabase(), publisher, nodes);

            var before = Machine.Load();
            var load = TimeSpan.Zero;
            var rounds = 0;
            foreach (var faults in schedule)
            {
                load += await LoadAsync(writers, readers, injector, faults, cancellationToken);
                rounds++;
                _incidents.AddRange(await quiet.WaitAsync(cancellationToken));
                _audits.AddRange(await auditor.AuditAsync(cancellationToken));
                if (IsFound())
                {
                    break;
                }
            }

            var counters = await CountersAsync(nodes, cancellationToken);
            await Task.WhenAll(nodes.Select(node => node.StopAsync()));
            await source.StopAsync(cancellationToken);
            _incidents.AddRange(injector.Incidents);
            _incidents.AddRange(nodes.SelectMany(node => node.Incidents));
            var facts = new StalenessFacts
            {
                Options = options,
                Server = await Machine.VersionAsync(redis, cancellationToken),
                Load = load,
                Rounds = rounds,
                Writes = writers.Sum(writer => writer.Acknowledged),
                Versions = writers.Sum(writer => writer.Versions),
                UnknownWrites = writers.Sum(writer => writer.Unknown),
                WithoutPosition = Figures(readers, sendsPosition: false),
                WithPosition = Figures(readers, sendsPosition: true),
                Counters = counters,
                FirstStale = _stale.First,
                Injected = injector.Log,
                Done = Enum.GetValues<NodeFaultKind>()
                    .ToDictionary(kind => kind.ToString(), kind => injector.Done.Count(done => done == kind)),
                Processes = nodes.Sum(node => node.Incarnations),
                LoadBefore = before,
                LoadAfter = Machine.Load(),
            };
            var verdict = Judge(readers);
            await StalenessReport.WriteAsync(options.Output, facts, verdict, cancellationToken);
            return verdict;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private void Print(List<IReadOnlyList<NodeFault>> schedule)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {schedule.Count} rounds:"));
        foreach (var (faults, round) in schedule.Select((faults, round) => (faults, round)))
        {
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  round {round + 1}, {faults.Count} faults")
            );
            foreach (var fault in faults)
            {
                output.WriteLine($"  {fault}");
            }
        }
    }

    /// <summary>The application that owns the source of truth: it publishes, and consumes nothing.</summary>
    private IHost SourceHost(RedisServer redis)
    {
        var builder = ChildHost.CreateBuilder(
            redis.ConnectionString,
            "source",
            NodeSettings.Lease,
            StalenessOptions.Services
        );
        var streams = builder
            .AddRedisStreams("redis")
            .AddMessages([.. DomainMessages.Files, CacheInvalidationReflection.Descriptor]);
        NodeSettings.SetMode(streams, options.Mode);
        return builder.Build();
    }

    /// <summary>One round's load, under its faults. It ends when both its time and the faults are over.</summary>
    /// <returns>How long it was.</returns>
    private async Task<TimeSpan> LoadAsync(
        IReadOnlyCollection<SourceWriter> writers,
        IReadOnlyCollection<NodeReader> readers,
        NodeFaultInjector injector,
        IReadOnlyList<NodeFault> faults,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        await using var load = new LoadPhase(writers, options.Writes, readers, options.Reads);
        var injecting = injector.RunAsync(faults, cancellationToken);
        while (clock.Elapsed < options.Round && !IsFound())
        {
            await Task.Delay(Glance, cancellationToken);
        }

        await injecting;
        await load.EndAsync();
        return clock.Elapsed;
    }

    /// <summary>Whether the run has a fault on purpose, and it was found in each service that has one.</summary>
    private bool IsFound() =>
        options.IsBroken
        && StalenessOptions
            .Services.Zip(options.Breaks)
            .Where(service => service.Second != CacheFault.None)
            .All(service =>
                _stale.HasBroken(service.First) || _audits.Any(audit => audit.Service == service.First && audit.IsStale)
            );

    private static async Task<IReadOnlyDictionary<string, long>> CountersAsync(
        IReadOnlyList<NodeSlot> nodes,
        CancellationToken cancellationToken
    )
    {
        var sum = new Dictionary<string, long>();
        foreach (var node in nodes)
        {
            using var connection = await NodeConnection.OpenAsync(node.Port, cancellationToken);
            foreach (var (name, value) in await connection.CountersAsync(cancellationToken))
            {
                sum[name] = sum.GetValueOrDefault(name) + value;
            }
        }

        return sum;
    }

    private static ReadFigures Figures(IEnumerable<NodeReader> readers, bool sendsPosition) =>
        ReadTally.Sum([
            .. readers.Where(reader => reader.SendsPosition == sendsPosition).Select(reader => reader.Tally),
        ]);

    private StalenessVerdict Judge(IReadOnlyCollection<NodeReader> readers) =>
        StalenessVerdict.Of(
            [
                .. StalenessOptions.Services.Select(service =>
                {
                    var own = readers.Where(reader => reader.Node.Service == service).ToList();
                    return new ServiceFigures(
                        service,
                        Figures(own, sendsPosition: false),
                        Figures(own, sendsPosition: true),
                        [.. _audits.Where(audit => audit.Service == service)]
                    );
                }),
            ],
            options.IsJudged ? NodeSettings.Bound(options.Blindness) : null,
            _incidents
        );
}
