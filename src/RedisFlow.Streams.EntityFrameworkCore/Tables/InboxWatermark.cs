namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>
/// The position up to which a group has settled everything: what comes again from before it was handled.
/// </summary>
internal sealed class InboxWatermark
{
    public string Stream { get; set; } = "";

    public string Group { get; set; } = "";

    public long Milliseconds { get; set; }

    public long Sequence { get; set; }
}
