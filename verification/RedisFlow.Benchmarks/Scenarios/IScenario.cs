using RedisFlow.Benchmarks.Measuring;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>One thing that is worth measuring.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line and in file names.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Summary { get; }

    /// <summary>How it measures and what its figures mean, for the summary.</summary>
    string Method { get; }

    /// <summary>Measures on one server.</summary>
    IAsyncEnumerable<Measurement> RunAsync(ScenarioContext context, CancellationToken cancellationToken);
}
