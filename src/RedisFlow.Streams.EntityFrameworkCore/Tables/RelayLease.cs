namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>
/// Which instance relays: a row with an expiry and a fence. An advisory lock would stay with a process that is frozen.
/// </summary>
internal sealed class RelayLease
{
    /// <summary>The one row's name.</summary>
    public const string RelayName = "relay";

    /// <summary>What the lease is for.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who has it.</summary>
    public string Owner { get; set; } = "";

    /// <summary>One more with each change of the owner.</summary>
    public long Fence { get; set; }

    /// <summary>When it is free, by the database's clock.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}
