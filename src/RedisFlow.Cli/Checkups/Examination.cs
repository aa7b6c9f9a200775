using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Checkups;

/// <summary>Everything that the checks look at, read beforehand.</summary>
/// <param name="Facts">What the server says about itself that has the first stream.</param>
/// <param name="Others">The same of the other masters; empty unless this is a cluster.</param>
/// <param name="Server">What the engine can do with it; <c>null</c> if it may not ask.</param>
/// <param name="Streams">The streams; none, if the server is too old for them.</param>
/// <param name="Limits">From when on something is too much.</param>
internal sealed record Examination(
    ServerFacts Facts,
    IReadOnlyList<ServerFacts> Others,
    StreamServer? Server,
    IReadOnlyList<ExaminedStream> Streams,
    Limits Limits
)
{
    /// <summary>Runs a check on every master; where there are several, its findings say whose they are.</summary>
    public IEnumerable<Finding> OnEachMaster(Func<ServerFacts, IEnumerable<Finding>> check) =>
        Others.Count == 0
            ? check(Facts)
            : Others
                .Prepend(Facts)
                .SelectMany(facts =>
                    check(facts).Select(finding => finding with { Message = $"{facts.Name}: {finding.Message}" })
                );
}

/// <summary>A stream and what it should be.</summary>
/// <param name="State">How it is.</param>
/// <param name="Expected">The groups that must be there.</param>
/// <param name="Options">The engine's settings.</param>
/// <param name="Owner">The address of the server that has it.</param>
internal sealed record ExaminedStream(
    StreamSnapshot State,
    IReadOnlyList<string> Expected,
    StreamOptions Options,
    string Owner = ""
);

/// <summary>From when on something is too much.</summary>
/// <param name="Idle">A consumer without a sign of life for longer is taken for dead.</param>
/// <param name="ClockSkew">Clocks may differ by so much.</param>
internal sealed record Limits(TimeSpan Idle, TimeSpan ClockSkew);
