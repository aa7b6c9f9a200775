namespace RedisFlow.Streams;

/// <summary>
/// Settings of the stream engine; configuration section <c>Streams</c>. A stream that was added with
/// <see cref="RedisStreamsBuilder.AddStream"/> has the same section, but for its name and groups, and then the section
/// <c>Streams:Additional:{key}</c>. What is set in code for all streams is set with <c>ConfigureAll</c>.
/// </summary>
public sealed class StreamOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Streams";

    /// <summary>The section of a stream's settings.</summary>
    internal static string SectionOf(string key) => key.Length == 0 ? Section : $"{Section}:Additional:{key}";

    /// <summary>The stream's name; its keys in Redis are derived from it, see <see cref="StreamKeys"/>. Default: the
    /// name given to <see cref="RedisStreamsExtensions.AddRedisStreams"/>; of an additional stream its key.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The declared groups. Each is created at the beginning of the stream by publishers and consumers alike, so that
    /// it receives what was published before its service first ran. Default (when empty): those given to
    /// <see cref="RedisStreamsExtensions.AddRedisStreams"/>, and those that this application consumes it with.
    /// </summary>
    public IList<string> Groups { get; } = [];

    /// <summary>
    /// The application, e.g. <c>shop</c>: the source of its messages. Default: the host's application name.
    /// </summary>
    public string Application { get; set; } = "";

    /// <summary>
    /// This instance, e.g. <c>shop-1</c>: the name of its consumer. Must be unique among running instances; if it stays
    /// the same across restarts, a restarted instance finds its unfinished messages at once, else they are taken over
    /// after <see cref="LeaseDuration"/>. Of two running instances with one id, the one that started last consumes; the
    /// other one stands by, and both log an error. Default: application, machine and process id.
    /// </summary>
    public string InstanceId { get; set; } = "";

    /// <summary>
    /// How many messages a consumer group of this instance handles at the same time: its lanes. Messages of one subject
    /// are handled one after the other, in order. 1 to 1024. Default: 16.
    /// </summary>
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>
    /// How many messages a consumer group of this instance may hold, running, waiting for their lane or for a retry:
    /// its slots. No more are fetched than slots are free. More make reading cheaper; what is held when the process
    /// dies is handled by another instance only after
    /// <see cref="LeaseDuration"/>. At least <see cref="MaxConcurrency"/>, at most 10,000. Default: 256.
    /// </summary>
    public int Prefetch { get; set; } = 256;

    /// <summary>
    /// How many bytes of messages a consumer group of this instance may hold: a bound beside <see cref="Prefetch"/>.
    /// Each read asks for as many messages as fit, judged by the size of those before; one is always read when nothing
    /// is held, whatever its size, and where messages suddenly become larger, one read may bring more than fits.
    /// Counted are the bytes of the envelopes in Redis; decoded they take about three times as much memory. 65,536 to
    /// 1,073,741,824. Default: 67,108,864 (64 MB).
    /// </summary>
    public int PrefetchBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long a message belongs to the worker that holds it; after that another one may take it over. Workers renew
    /// it at a third of this time, so a handler may take longer; one that no longer owns its message has its token
    /// cancelled. 100 ms to 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a message waits after its handler failed the first time; doubled for each further failure up to
    /// <see cref="MaxRetryDelay"/>, with a jitter of a quarter. Later messages of the same subject wait with it. 0 to 1
    /// hour. Default: 1 s.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait between two attempts, before its jitter; also how long the circuit stays open at most. At least
    /// <see cref="RetryDelay"/>, at most 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how many faults of the infrastructure in a row, without a success between them, a worker stops to begin
    /// messages, and then tries one at a time until one succeeds. Such faults cost no attempt. 1 to 1000. Default: 5.
    /// </summary>
    public int CircuitBreakerThreshold { get; set; } = 5;

    /// <summary>
    /// How often a message is delivered before it is dead-lettered; 1 to 1000. Deliveries that end with their process
    /// count threefold less: most such ends have nothing to do with the message. Default: 5.
    /// </summary>
    public int MaxDeliveries { get; set; } = 5;

    /// <summary>
    /// How long messages are kept after every declared group has settled them, for tails and for replays.
    /// <see cref="TimeSpan.Zero"/>: not at all;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: nothing is ever removed. What a declared group has not settled is kept
    /// whatever its age. At most 3650 days. Default: 1 hour.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a group keeps messages that no worker of it can decode, because their type or schema is newer than the
    /// builds that run: they are parked, and with them later ones of their subjects, until a worker knows it. After
    /// this time they become dead letters, and what waited behind them is handled. <see cref="TimeSpan.Zero"/>: they
    /// become dead letters at once. At most 3650 days. Default: 7 days.
    /// </summary>
    public TimeSpan ParkedRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How often instances that consume remove what is older than <see cref="Retention"/>; 100 ms to 1 day. Default: 1
    /// minute.
    /// </summary>
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// After which time without a sign of life a consumer that holds nothing is removed from its group; 1 minute to
    /// 3650 days. Default: 1 day.
    /// </summary>
    public TimeSpan IdleConsumerRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// For how long a message id given by the publisher is recognised, so that publishing it again adds nothing; 1 s to
    /// 1 day. Default: 10 minutes.
    /// </summary>
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The largest envelope that is published, in bytes; 1,024 to 536,870,912 (what Redis takes). Default: 1,048,576.
    /// </summary>
    public int MaxMessageSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// How long a stop may take: half of it for running handlers, then a quarter for those that were cancelled, and a
    /// quarter for the last acknowledgements; 0 to 10 minutes. Must be shorter than the host's own shutdown timeout.
    /// Default: 10 s.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Tells which further exceptions of handlers mean that something they depend on is down or too slow, e.g. those of
    /// a resilience library. Like those of Redis and HTTP they are waited out and cost no attempt. Default: none.
    /// </summary>
    public Func<Exception, bool>? IsInfrastructureFault { get; set; }

    /// <summary>
    /// How many threads of the pool there are at least while the application runs; more that are set otherwise stay.
    /// The Redis client waits for Sentinels on threads of the pool while it changes to another master, and the pool,
    /// which begins with one thread per core, adds one or two a second: too few would keep the replies waiting that the
    /// others wait for. 0 leaves the pool alone; at most 1,024. The largest of the application's streams counts.
    /// Default: 64.
    /// </summary>
    public int MinThreads { get; set; } = 64;

    /// <summary>What <see cref="IDurableStreamPublisher"/> waits for.</summary>
    public StreamDurabilityOptions Durability { get; } = new();

    /// <summary>
    /// Whether a handler's exception means a fault of the infrastructure, by itself or by
    /// <see cref="IsInfrastructureFault"/>.
    /// </summary>
    internal bool IsInfrastructure(Exception exception) =>
        RedisFaults.IsInfrastructure(exception) || IsInfrastructureFault?.Invoke(exception) == true;
}
