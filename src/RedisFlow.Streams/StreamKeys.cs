namespace RedisFlow.Streams;

/// <summary>
/// The keys of one stream. They share the stream's hash tag, so that scripts may use them together, in Redis Cluster
/// too.
/// </summary>
/// <param name="StreamName">The stream's name, e.g. <c>cache:invalidation</c>.</param>
public sealed record StreamKeys(string StreamName)
{
    /// <summary>The stream with the messages.</summary>
    public string Stream => $"{{{StreamName}}}:stream";

    /// <summary>The stream with the dead letters.</summary>
    public string Dead => $"{{{StreamName}}}:dead";

    /// <summary>The hash of declared groups: name to start position.</summary>
    public string Groups => $"{{{StreamName}}}:groups";

    /// <summary>
    /// The hash of paused groups: name to the time since when, in Unix milliseconds, a space, and the reason.
    /// </summary>
    public string Paused => $"{{{StreamName}}}:paused";

    /// <summary>
    /// What the keys of consumers begin with, followed by the group, a slash and the consumer; see
    /// <see cref="Consumer"/>.
    /// </summary>
    public string ConsumerPrefix => $"{{{StreamName}}}:consumer:";

    /// <summary>
    /// The sorted set of the ids of delayed messages, by the time at which they are due in Unix milliseconds.
    /// </summary>
    public string Delayed => $"{{{StreamName}}}:delayed";

    /// <summary>The hash of the delayed messages: id to envelope.</summary>
    public string DelayedMessages => $"{{{StreamName}}}:delayed:messages";

    /// <summary>Exists while any <see cref="Published(string)"/> does.</summary>
    public string PublishedMark => $"{{{StreamName}}}:published";

    /// <summary>
    /// The position of the message that was published with this id; where the stream itself does not remember ids.
    /// </summary>
    public string Published(string messageId) => $"{{{StreamName}}}:published:{messageId}";

    /// <summary>What <see cref="IDurableStreamPublisher"/> writes before it waits for replicas; it expires.</summary>
    public string Fence => $"{{{StreamName}}}:fence";

    /// <summary>
    /// The hash with which worker has the consumer's name; it expires 30 days after the consumer's last sign of life,
    /// and so tells when that was.
    /// </summary>
    public string Consumer(string group, string consumer) => $"{ConsumerPrefix}{group}/{consumer}";

    /// <summary>
    /// The stream of what a group has parked: messages that wait for a build that knows their type, and later ones of
    /// their subjects. Its fields: <c>data</c>, the envelope, with its <c>schema</c>, its <c>subject</c> and its
    /// payload's <c>type</c>; <c>position</c>, the message's place in the stream; <c>waits</c>, what the build lacked
    /// that parked it, absent if it only waits behind others of its subject.
    /// </summary>
    public string Parked(string group) => $"{{{StreamName}}}:parked:{group}";

    /// <summary>The hash of the subjects that have parked messages in the group: subject to their number.</summary>
    public string ParkedSubjects(string group) => $"{{{StreamName}}}:parked-subjects:{group}";

    /// <summary>
    /// The hash of what parked messages of the group wait for: the payload's type, or <c>schema:</c> and the envelope's
    /// version, to their number. The field <c>*</c> has the id of the last message that left while others of its
    /// subject stayed.
    /// </summary>
    public string ParkedTypes(string group) => $"{{{StreamName}}}:parked-types:{group}";

    /// <summary>
    /// The token of the one worker that takes back what the group has parked; it expires with the worker's lease.
    /// </summary>
    public string ParkedLease(string group) => $"{{{StreamName}}}:parked-lease:{group}";
}
