namespace RedisFlow.Streams.Redis;

/// <summary>Who has the writes of a connection.</summary>
/// <param name="Replicas">How many replicas have them; where disks are waited for: on their disks.</param>
/// <param name="IsFsynced">Whether the primary has them on its disk; <c>null</c> where disks are not waited
/// for.</param>
internal readonly record struct Confirmation(int Replicas, bool? IsFsynced)
{
    /// <summary>Whether that is what was asked for.</summary>
    public bool Suffices(StreamDurabilityOptions required) => Replicas >= required.Replicas && IsFsynced != false;
}
