namespace RedisFlow.Streams.Registration;

/// <summary>The default stream, as the application names it in code.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Groups">Its groups.</param>
internal sealed record StreamDefaults(string Name, IReadOnlyList<string> Groups);
