namespace RedisFlow.Chaos.Data;

/// <summary>What a run does wrong on purpose, so that it must be found.</summary>
internal enum DataBreak
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Writers publish after their commit, without an outbox: what a kill comes between is lost.</summary>
    NoOutbox,

    /// <summary>Readers handle without an inbox: what is delivered again has its effects again.</summary>
    NoInbox,
}
