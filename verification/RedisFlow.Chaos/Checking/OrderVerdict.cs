namespace RedisFlow.Chaos.Checking;

/// <summary>
/// What the checker found about order per subject within each worker process. docs/chaos.md says why each judgement is
/// sound.
/// </summary>
internal sealed record OrderVerdict
{
    /// <summary>Neighbouring runs of handlers of one subject in one process that were compared.</summary>
    public int Compared { get; set; }

    /// <summary>Pairs of one subject that ran at the same time in one process. None is excused.</summary>
    public List<string> Overlapping { get; } = [];

    /// <summary>
    /// First deliveries that were compared with an earlier one, and that nothing excuses from being in the stream's
    /// order.
    /// </summary>
    public int Judged { get; set; }

    /// <summary>First deliveries that ran behind a later message of their subject, without excuse.</summary>
    public List<string> OutOfOrder { get; } = [];

    /// <summary>
    /// First deliveries that ran behind a later message of their subject, and that a fault or a takeover may have
    /// brought again.
    /// </summary>
    public int ExcusedOutOfOrder { get; set; }

    /// <summary>Failures whose message stayed with its process until its next delivery.</summary>
    public int FailuresJudged { get; set; }

    /// <summary>Failures that did not hold back a later message of their subject.</summary>
    public List<string> Overtaken { get; } = [];
}
