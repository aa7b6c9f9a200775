using System.Globalization;

namespace RedisFlow.Streams;

/// <summary>
/// A message is in the stream of the primary, but it is not confirmed that it would survive the primary's loss. Its
/// outcome is unknown: it is delivered as any other message, unless a failover loses it. Publishing it again with the
/// same <see cref="Publication.MessageId"/> adds nothing where it is still there, and waits for its confirmation once
/// more.
/// </summary>
public sealed class StreamDurabilityException : StreamPublishException
{
    internal StreamDurabilityException(
        IReadOnlyList<MessagePosition> positions,
        StreamDurabilityOptions required,
        int? replicas,
        bool? isFsynced,
        Exception? innerException = null
    )
        : base(Describe(positions, required, replicas, isFsynced), [], Math.Max(1, positions.Count), innerException)
    {
        Positions = positions;
        RequiredReplicas = required.Replicas;
        Timeout = required.Timeout;
        Replicas = replicas;
        IsFsynced = isFsynced;
    }

    /// <summary>
    /// Gets where the messages are in the primary's stream, in the order in which they were published; empty for a
    /// delayed message.
    /// </summary>
    public IReadOnlyList<MessagePosition> Positions { get; }

    /// <summary>
    /// Gets how many replicas confirmed in time; with <see cref="StreamDurabilityOptions.Fsync"/>, that they have
    /// written to their disks. <c>null</c> if that is not known: the connection broke, or another server has taken
    /// over.
    /// </summary>
    public int? Replicas { get; }

    /// <summary>Gets how many replicas had to confirm, by <see cref="StreamDurabilityOptions.Replicas"/>.</summary>
    public int RequiredReplicas { get; }

    /// <summary>
    /// Gets whether the primary has written to its disk; <c>null</c> if that was not asked for, or is not known.
    /// </summary>
    public bool? IsFsynced { get; }

    /// <summary>Gets how long Redis waited, by <see cref="StreamDurabilityOptions.Timeout"/>.</summary>
    public TimeSpan Timeout { get; }

    private static string Describe(
        IReadOnlyList<MessagePosition> positions,
        StreamDurabilityOptions required,
        int? replicas,
        bool? isFsynced
    )
    {
        var what = positions switch
        {
            [] => "The delayed message is in Redis",
            [var position] => $"The message {position} is in the stream",
            [var first, .., var last] => $"The {positions.Count} messages {first} to {last} are in the stream",
        };
        var why = replicas is null
            ? "whether replicas have it is not known"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{replicas} of {required.Replicas} replicas confirmed it within {required.Timeout}"
                    + $"{(isFsynced == false ? ", and the primary has not written it to its disk" : "")}"
            );
        return $"{what}, but {why}; it may or may not survive the loss of the primary. Publish again with the same "
            + "MessageId: that adds nothing where it is still there.";
    }
}
