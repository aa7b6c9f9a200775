namespace RedisFlow.Chaos.Recording;

/// <summary>From when to when a handler ran, by the monotonic clock that all processes of a machine share.</summary>
/// <param name="Begin">When it was called.</param>
/// <param name="End">Just before it returned.</param>
internal readonly record struct HandlingTime(long Begin, long End);
