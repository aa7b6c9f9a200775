namespace RedisFlow.Caching;

/// <summary>Places in a load at which a test may hold it, to make races happen in a chosen order.</summary>
internal enum FillStage
{
    /// <summary>The ticket is taken; nothing was read yet.</summary>
    Begun,

    /// <summary>Redis has answered; what it said was not judged yet.</summary>
    Level2Read,

    /// <summary>The source has answered; nothing was stored yet.</summary>
    Loaded,

    /// <summary>Memory holds the value; Redis does not yet.</summary>
    Level1Stored,
}
