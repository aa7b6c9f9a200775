namespace RedisFlow.Streams.Consuming.Groups;

/// <summary>Who consumes what.</summary>
/// <param name="Keys">The stream's keys.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Consumer">The consumer within the group: this instance.</param>
internal sealed record ConsumerIdentity(StreamKeys Keys, string Group, string Consumer)
{
    /// <summary>
    /// The key of the stream whose entries are handled: the stream itself, or what its group has parked.
    /// </summary>
    public string Source { get; private init; } = Keys.Stream;

    /// <summary>Whether what the group has parked is handled.</summary>
    public bool IsParked => Source != Keys.Stream;

    /// <summary>The same consumer, of what its group has parked.</summary>
    public ConsumerIdentity OfParked() => this with { Source = Keys.Parked(Group) };

    /// <summary>The stream's name.</summary>
    public string Stream => Keys.StreamName;
}
