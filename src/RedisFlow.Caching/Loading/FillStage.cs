namespace RedisFlow.Caching.Loading;

/// <summary>
/// Places in a load, or in a set, at which an <see cref="IFillObserver"/> may hold it, so that tests make races happen
/// in a chosen order: one after each await.
/// </summary>
internal enum FillStage
{
    /// <summary>The ticket is taken; nothing was read yet.</summary>
    Begun,

    /// <summary>Redis has answered; what it said was not judged yet.</summary>
    L2Read,

    /// <summary>The lease on the key was requested, and the fill has waited for its holder.</summary>
    Leased,

    /// <summary>The source has answered; nothing was stored yet.</summary>
    Loaded,

    /// <summary>Memory holds the value; Redis does not yet.</summary>
    L1Stored,

    /// <summary>Redis holds the value, or has refused it.</summary>
    L2Stored,

    /// <summary>A set: the message that announces the value is published.</summary>
    Announced,

    /// <summary>A set: this instance has heard the message.</summary>
    Heard,
}
