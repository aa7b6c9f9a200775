using RedisFlow.Domain;

namespace RedisFlow.Streams;

/// <summary>Settings of the stream engine; configuration section <c>Streams</c>.</summary>
public sealed class StreamOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Streams";

    /// <summary>The stream's name; its keys in Redis are derived from it, see <see cref="StreamKeys"/>. Default: <see cref="StreamNames.CacheInvalidation"/>.</summary>
    public string Name { get; set; } = StreamNames.CacheInvalidation;

    /// <summary>
    /// The declared groups. Each is created at the beginning of the stream by publishers and consumers alike, so that it receives what was
    /// published before its service first ran. Default (when empty): <see cref="GroupNames.All"/>.
    /// </summary>
    public IList<string> Groups { get; } = [];

    /// <summary>
    /// The application, e.g. <c>organization</c>: the source of its messages. Default: the host's application name.
    /// </summary>
    public string Application { get; set; } = "";

    /// <summary>
    /// This instance, e.g. <c>organization-1</c>: the name of its consumer. Must be unique among running instances; if it stays the same
    /// across restarts, a restarted instance finds its unfinished messages at once, else they are taken over after <see cref="Lease"/>.
    /// Default: application, machine and process id.
    /// </summary>
    public string InstanceId { get; set; } = "";

    /// <summary>How many messages a consumer group of this instance handles at the same time; 1 to 1024. Default: 16.</summary>
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>
    /// How long a delivered message may stay unacknowledged before another consumer takes it over; 100 ms to 1 day. Must exceed the longest
    /// handler, or messages are handled twice at the same time. Default: 30 s.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a message waits after its handler failed; 0 to 1 hour, and less than <see cref="Lease"/>. Later messages of the same subject wait with it. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a message is delivered before it is dead-lettered; 1 to 1000. Deliveries that end with their process count threefold less: most such
    /// ends have nothing to do with the message. Default: 5.
    /// </summary>
    public int MaxDeliveries { get; set; } = 5;

    /// <summary>
    /// How long a stop may take: half of it for running handlers, then a quarter for those that were cancelled, and a quarter for the last
    /// acknowledgements; 0 to 10 minutes. Must be shorter than the host's own shutdown timeout. Default: 10 s.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Tells which further exceptions of handlers mean that something they depend on is down or too slow, e.g. those of a resilience library.
    /// Like those of Redis and HTTP they are waited out and cost no attempt. Default: none.
    /// </summary>
    public Func<Exception, bool>? IsInfrastructureFault { get; set; }

    /// <summary>Faults on purpose, for tests; refused in production.</summary>
    public StreamFaultOptions Faults { get; } = new();
}
