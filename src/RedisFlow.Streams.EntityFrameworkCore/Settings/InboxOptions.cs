namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>How handled messages are remembered; configuration section <c>Streams:Inbox</c>.</summary>
public sealed class InboxOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Streams:Inbox";

    /// <summary>
    /// Gets or sets for how long the ids of handled messages are kept at least. They tell a message that was published
    /// twice, at two positions. A message that is delivered twice, at one position, is told without them, however old
    /// it is. 1 minute to 3650 days. Default: 7 days.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Gets or sets after which time without a command the database ends the transaction of a message: a process that
    /// is frozen within one would keep its message from all others. Longer than a handler does something else between
    /// two commands. 1 s to 10 minutes. Default: 20 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how often old ids are removed; 1 s to 1 day. Default: 1 minute.</summary>
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromMinutes(1);
}
