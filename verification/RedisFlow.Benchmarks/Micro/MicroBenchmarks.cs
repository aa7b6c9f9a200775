using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RedisFlow.Benchmarks.Reporting;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>The benchmarks that need no server.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs those that the arguments of BenchmarkDotNet select; all without any.</summary>
    public static int Run(string[] arguments)
    {
        // In this process: the projects that BenchmarkDotNet generates would need the repository's package set-up.
        var config = ManualConfig
            .CreateEmpty()
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.Full)
            .WithOptions(ConfigOptions.DisableLogFile)
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath($"{ResultFolder.Prefix(ResultFolder.Default, TimeProvider.System.GetUtcNow())}-micro");
        var summaries = BenchmarkSwitcher
            .FromTypes([typeof(EnvelopeBenchmarks), typeof(DispatchBenchmarks), typeof(PositionBenchmarks)])
            .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors) ? 2 : 0;
    }
}
