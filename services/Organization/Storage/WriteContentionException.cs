namespace RedisFlow.Organization.Storage;

/// <summary>
/// A write lost against concurrent writes of the same entity until its deadline; nothing was changed.
/// </summary>
internal sealed class WriteContentionException(int attempts)
    : TimeoutException($"The entity was changed by others during each of {attempts} attempts; nothing was written.");
