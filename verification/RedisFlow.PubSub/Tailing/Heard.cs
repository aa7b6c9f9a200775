namespace RedisFlow.PubSub.Tailing;

/// <summary>What came over a subscription's connection.</summary>
/// <param name="Announcement">An announcement; <c>null</c> if the server answered a question.</param>
/// <param name="Asked">When that question was asked, see <see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct Heard(byte[]? Announcement, long Asked);
