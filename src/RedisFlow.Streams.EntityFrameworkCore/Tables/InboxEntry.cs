namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>A message whose effects are in the database.</summary>
internal sealed class InboxEntry
{
    public string Stream { get; set; } = "";

    public string Group { get; set; } = "";

    public string MessageId { get; set; } = "";

    /// <summary>The first part of its position.</summary>
    public long Milliseconds { get; set; }

    /// <summary>The second part.</summary>
    public long Sequence { get; set; }

    public DateTimeOffset HandledAt { get; set; }
}
