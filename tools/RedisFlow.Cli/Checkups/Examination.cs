using RedisFlow.Streams;

namespace RedisFlow.Cli.Checkups;

/// <summary>Everything that the checks look at, read beforehand.</summary>
/// <param name="Facts">What the server says about itself.</param>
/// <param name="Server">What the engine can do with it; <c>null</c> if it may not ask.</param>
/// <param name="Streams">The streams; none, if the server is too old for them.</param>
/// <param name="Limits">From when on something is too much.</param>
internal sealed record Examination(ServerFacts Facts, StreamServer? Server, IReadOnlyList<ExaminedStream> Streams, Limits Limits);

/// <summary>A stream and what it should be.</summary>
/// <param name="State">How it is.</param>
/// <param name="Expected">The groups that must be there.</param>
/// <param name="Options">The engine's settings.</param>
internal sealed record ExaminedStream(StreamSnapshot State, IReadOnlyList<string> Expected, StreamOptions Options);

/// <summary>From when on something is too much.</summary>
/// <param name="Idle">A consumer without a sign of life for longer is taken for dead.</param>
/// <param name="ClockSkew">Clocks may differ by so much.</param>
internal sealed record Limits(TimeSpan Idle, TimeSpan ClockSkew);
