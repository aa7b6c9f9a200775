namespace RedisFlow.Streams.Health;

/// <summary>A group that messages wait for.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Waiting">How many messages wait; <c>null</c> if that is unknown.</param>
/// <param name="For">For how long it has been seen to make no progress; 0 if it did since it was last looked
/// at.</param>
/// <param name="Paused">Since when and why it is paused; <c>null</c> if it is not.</param>
internal sealed record StandingGroup(string Name, long? Waiting, TimeSpan For, GroupPause? Paused);
