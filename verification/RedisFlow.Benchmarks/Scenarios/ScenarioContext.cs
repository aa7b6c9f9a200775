using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Benchmarks.Servers;
using RedisFlow.Testing;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>What a scenario measures with.</summary>
/// <param name="Server">A server of its own.</param>
/// <param name="AppendOnly">The server's append-only file.</param>
/// <param name="Options">The run.</param>
internal sealed record ScenarioContext(RedisServer Server, AppendOnly AppendOnly, BenchmarkOptions Options)
{
    public const string Group = "bench";

    private int _streams;

    /// <summary>A number of messages; one hundredth of it in a quick run.</summary>
    public int Messages(int number) => Options.Quick ? number / 100 : number;

    /// <summary>The repetitions, of which the first, here <c>-1</c>, is the warm-up and does not count.</summary>
    public IEnumerable<int> RepetitionsAfterWarmUp => Enumerable.Range(-1, Options.Repetitions + 1);

    /// <summary>The name of a stream that was never used.</summary>
    public string NewStream() => $"bench:{++_streams}";

    /// <summary>An application on a stream.</summary>
    public HostDescription Host(string stream, params IReadOnlyList<string> groups) =>
        new(Server.ConnectionString, stream, groups) { Settings = Options.Settings };

    /// <summary>A connection of its own.</summary>
    public Task<RawClient> ConnectAsync(string stream) => RawClient.ConnectAsync(Server.ConnectionString, stream);

    /// <summary>A result.</summary>
    public Measurement Result(IScenario scenario, string name, params IReadOnlyList<Metric> metrics) =>
        new(scenario.Name, AppendOnly.Label(), name, metrics);
}
