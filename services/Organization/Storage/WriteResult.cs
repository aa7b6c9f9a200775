using RedisFlow.Streams;

namespace RedisFlow.Organization.Storage;

/// <summary>How a write ended.</summary>
internal enum WriteStatus
{
    /// <summary>The change and its message are in Redis.</summary>
    Committed,

    /// <summary>The entity that was to be changed does not exist.</summary>
    NotFound,

    /// <summary>The receiving company of a transfer does not exist.</summary>
    TargetNotFound,

    /// <summary>The entity's version is not one that the caller expected.</summary>
    VersionMismatch,

    /// <summary>The company has as many dealerships as it may have.</summary>
    TooManyDealerships,

    /// <summary>Only between attempts: the state changed while it was read.</summary>
    Stale,

    /// <summary>The dealership belongs to that company already.</summary>
    AlreadyThere,
}

/// <summary>The outcome of a write.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">The entity after the write; the default unless committed.</param>
/// <param name="Position">The position of the write's message; the beginning unless committed.</param>
internal readonly record struct WriteResult<T>(WriteStatus Status, T? Value, MessagePosition Position);
