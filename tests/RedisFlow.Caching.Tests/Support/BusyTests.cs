namespace RedisFlow.Caching.Tests;

/// <summary>
/// Tests that keep every processor busy run alone: beside them, others would meet timeouts that are not theirs.
/// </summary>
[CollectionDefinition(nameof(BusyTests), DisableParallelization = true)]
public sealed class BusyTests;
