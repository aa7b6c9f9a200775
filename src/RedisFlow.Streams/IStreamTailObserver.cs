using Google.Protobuf;

namespace RedisFlow.Streams;

/// <summary>
/// Follows the stream without a group: every instance of every service sees every message, in order, once, while it is
/// connected. All members are called by one loop, one after the other; they must return quickly and must not throw.
/// </summary>
public interface IStreamTailObserver
{
    /// <summary>
    /// The tail begins (or begins again): it will deliver everything after <paramref name="position"/>, nothing before
    /// it.
    /// </summary>
    /// <param name="position">The stream's last id at that moment.</param>
    /// <param name="reason">Why: the first start, or a gap, i.e. messages may have been missed.</param>
    void OnStarted(MessagePosition position, TailStartReason reason);

    /// <summary>
    /// A message. <see cref="IStreamTail.AppliedPosition"/> moves to its position after every observer returned.
    /// </summary>
    void OnMessage(MessagePosition position, StreamMessage message, IMessage payload);

    /// <summary>An entry that cannot be decoded: it is not known what it makes stale.</summary>
    void OnUndecodable(MessagePosition position);

    /// <summary>
    /// A message whose type or schema this build does not know; by default treated as one that cannot be decoded.
    /// <paramref name="message"/> has no payload that this build can read; of a newer schema, only what
    /// <see cref="StreamMessage"/> says to be the same in every schema may be relied on.
    /// </summary>
    void OnUnknown(MessagePosition position, StreamMessage message) => OnUndecodable(position);

    /// <summary>A heartbeat: the stream was read successfully, whether or not it had something new.</summary>
    /// <param name="groupSettled">
    /// The position up to which this service's own consumer group has handled and acknowledged everything; <c>null</c>
    /// if the service has no group or the group's state is not known.
    /// </param>
    /// <param name="age">
    /// How long ago the stream's end was asked for, which the tail has reached now: everything up to that moment has
    /// been seen.
    /// </param>
    void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age);
}

/// <summary>Why a tail begins at a new position.</summary>
public enum TailStartReason
{
    /// <summary>The first start in this process.</summary>
    FirstStart,

    /// <summary>
    /// Entries may have been missed: the stream was trimmed past the tail, went back, or is another one.
    /// </summary>
    Gap,
}
