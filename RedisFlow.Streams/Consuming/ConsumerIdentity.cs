namespace RedisFlow.Streams.Consuming;

/// <summary>Who consumes what.</summary>
/// <param name="Keys">The stream's keys.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Consumer">The consumer within the group: this instance.</param>
internal sealed record ConsumerIdentity(StreamKeys Keys, string Group, string Consumer)
{
    /// <summary>The stream's name.</summary>
    public string Stream => Keys.StreamName;
}
