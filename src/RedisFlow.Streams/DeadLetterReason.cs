namespace RedisFlow.Streams;

/// <summary>Why a group gave an entry up; the field <c>reason</c> of the dead letter.</summary>
public static class DeadLetterReason
{
    /// <summary>The entry has no field <c>data</c>.</summary>
    public const string NoData = "no-data";

    /// <summary>The data is no envelope, or has no readable payload.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>The payload has a type that this build does not know.</summary>
    public const string UnknownType = "unknown-type";

    /// <summary>The envelope has a newer schema than this build reads.</summary>
    public const string NewerSchema = "newer-schema";

    /// <summary>
    /// The handlers failed at every delivery, or the process ended at so many that the message itself may be why.
    /// </summary>
    public const string HandlerFailed = "handler-failed";

    /// <summary>
    /// The entry was delivered, but its data was removed before it was handled. There is nothing left to keep as a dead
    /// letter.
    /// </summary>
    public const string Lost = "lost";
}
