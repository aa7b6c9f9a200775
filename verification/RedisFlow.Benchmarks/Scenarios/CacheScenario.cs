using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Micro;
using Measurement = RedisFlow.Benchmarks.Measuring.Measurement;
using Metric = RedisFlow.Benchmarks.Measuring.Metric;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>What one operation of the cache costs.</summary>
internal sealed class CacheScenario : IScenario
{
    public const string ScenarioName = "cache";
    public const string Time = "time";

    public string Name => ScenarioName;

    public string Summary =>
        "one operation: hits in memory and in Redis, miss, set, remove; beside them dictionary, MemoryCache and a "
        + "plain GET";

    public string Method =>
        "BenchmarkDotNet, in this process, one operation at a time. Each hit in memory is a whole `GetOrCreateAsync` "
        + "whose `ValueTask` is taken; nothing else is "
        + "under way at the instance. The record has five fields and no mark. Shown: median (lowest–highest) of the "
        + "iterations, without those that "
        + "BenchmarkDotNet takes for outliers, and the bytes that an operation allocates in this process, client "
        + "library included; of hits in memory, what the reading "
        + "thread allocates per call, counted exactly over a million calls. The caller of a miss does not wait for "
        + "what is then written to Redis.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var subject = await CacheSubject.StartAsync(
            context.Host(context.NewStream(), ScenarioContext.Group),
            cancellationToken
        );
        CacheBenchmarks.Subject = subject;
        var hits = new CacheBenchmarks().Hits;
        foreach (var report in await Task.Run(() => Run(context), cancellationToken))
        {
            var name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
            var allocated = hits.TryGetValue(name, out var hit)
                ? HitAllocations.PerCall(hit)
                : report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN;
            yield return context.Result(
                this,
                name,
                new Metric(Time, "ns", [.. report.ResultStatistics!.OriginalValues]),
                Metric.Single(MetricNames.Allocated, "B", allocated)
            );
        }
    }

    private static ImmutableArray<BenchmarkReport> Run(ScenarioContext context)
    {
        var job = Job
            .Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(context.Options.Quick ? 20 : 250))
            .WithWarmupCount(context.Options.Quick ? 2 : 10)
            .WithIterationCount(context.Options.Quick ? 3 : 15);
        var log = new AccumulationLogger();
        var folder = Directory.CreateTempSubdirectory("redisflow-bench-");
        try
        {
            var summary = BenchmarkRunner.Run<CacheBenchmarks>(
                ManualConfig
                    .CreateEmpty()
                    .AddLogger(log)
                    .AddColumnProvider(DefaultColumnProviders.Instance)
                    .AddDiagnoser(MemoryDiagnoser.Default)
                    .WithOptions(ConfigOptions.DisableLogFile)
                    .WithArtifactsPath(folder.FullName)
                    .AddJob(job)
            );
            return summary.Reports.FirstOrDefault(report => report.ResultStatistics is null) is { } failed
                ? throw new InvalidOperationException(
                    $"{failed.BenchmarkCase.DisplayInfo} did not run to its end:\n{log.GetLog()}"
                )
                : summary.Reports;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
