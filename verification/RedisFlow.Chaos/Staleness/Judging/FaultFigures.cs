namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>Reads that were sent while their node was under one kind of fault, or until a second after it.</summary>
/// <param name="Fault">The kind; <c>null</c> for those under none.</param>
/// <param name="Judged">Reads that brought a version.</param>
/// <param name="Stale">Those of them that were stale.</param>
/// <param name="P50">Half of these for no longer than this.</param>
/// <param name="Max">The longest.</param>
internal sealed record FaultFigures(Faults.NodeFaultKind? Fault, long Judged, long Stale, TimeSpan P50, TimeSpan Max);
