namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>How events are published; configuration section <c>Streams:Outbox</c>.</summary>
public sealed class OutboxOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Streams:Outbox";

    /// <summary>
    /// Gets or sets how long a save waits for Redis once it is committed; then the relay publishes. 10 ms to 30 s.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets how often the relay looks for events that no one published, unless it is woken. After a failure of
    /// Redis, saves leave their events to it for as long. 100 ms to 1 minute. Default: 1 s.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets after which time without a sign of life another instance relays; at least three times
    /// <see cref="PollInterval"/>, at most 5 minutes. Default: 10 s.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets after which time without a command the database ends the transaction of a save: a process that is
    /// frozen within one would keep its subjects from all others. 1 s to 10 minutes. Default: 20 s, less than the limit
    /// of a command that waits for it.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how many events the relay publishes at once; 1 to 1000. Default: 256.</summary>
    public int BatchSize { get; set; } = 256;

    /// <summary>
    /// Gets or sets for how long published events stay in the table; 1 minute to 3650 days. Default: 30 days.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
