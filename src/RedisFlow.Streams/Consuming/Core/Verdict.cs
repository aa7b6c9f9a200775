namespace RedisFlow.Streams.Consuming.Core;

/// <summary>What follows a failure.</summary>
internal enum Verdict
{
    /// <summary>It is tried again later.</summary>
    Retry,

    /// <summary>
    /// It is tried again later, and for now nothing is begun, since what handlers depend on is at fault.
    /// </summary>
    RetryAndCircuitOpened,

    /// <summary>It was tried often enough.</summary>
    DeadLetter,

    /// <summary>It is another worker's now.</summary>
    Lost,
}
