namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// The settings that the decisions of a worker depend on; see <see cref="StreamOptions"/> for their meaning.
/// </summary>
internal sealed record CoreOptions
{
    public int Lanes { get; init; } = 16;

    public int Prefetch { get; init; } = 256;

    public long PrefetchBytes { get; init; } = 64 * 1024 * 1024;

    public long LargestMessage { get; init; } = 1024 * 1024;

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxDeliveries { get; init; } = 5;

    public int CircuitBreakerThreshold { get; init; } = 5;

    public static CoreOptions Of(StreamOptions options) =>
        new()
        {
            Lanes = options.MaxConcurrency,
            Prefetch = options.Prefetch,
            PrefetchBytes = options.PrefetchBytes,
            LargestMessage = options.MaxMessageSize,
            LeaseDuration = options.LeaseDuration,
            RetryDelay = options.RetryDelay,
            MaxRetryDelay = options.MaxRetryDelay,
            MaxDeliveries = options.MaxDeliveries,
            CircuitBreakerThreshold = options.CircuitBreakerThreshold,
        };
}
