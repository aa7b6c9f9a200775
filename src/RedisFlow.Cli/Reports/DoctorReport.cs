namespace RedisFlow.Cli.Reports;

/// <summary>What the doctor found.</summary>
/// <param name="Healthy">Whether nothing needs repair.</param>
/// <param name="Server">The servers that were examined.</param>
/// <param name="Findings">In the order of the checks.</param>
internal sealed record DoctorReport(bool Healthy, string Server, IReadOnlyList<Finding> Findings);

/// <summary>One finding.</summary>
/// <param name="Check">Which check, e.g. <c>append-only-file</c>; a stable name.</param>
/// <param name="Status">How it is.</param>
/// <param name="Message">What was found.</param>
/// <param name="Repair">What to do; <c>null</c> if nothing needs to be done.</param>
internal sealed record Finding(string Check, FindingStatus Status, string Message, string? Repair)
{
    public static Finding Ok(string check, string message) => new(check, FindingStatus.Ok, message, null);

    public static Finding Note(string check, string message) => new(check, FindingStatus.Note, message, null);

    public static Finding Unknown(string check, string message) => new(check, FindingStatus.Unknown, message, null);

    public static Finding ToRepair(string check, string message, string repair) =>
        new(check, FindingStatus.Fail, message, repair);
}

/// <summary>How something is.</summary>
internal enum FindingStatus
{
    /// <summary>As it must be.</summary>
    Ok,

    /// <summary>Worth knowing; nothing must be done.</summary>
    Note,

    /// <summary>It could not be found out.</summary>
    Unknown,

    /// <summary>Must be repaired: a promise of the system does not hold, or work does not continue.</summary>
    Fail,
}
