using System.Globalization;
using RedisFlow.Chaos.Staleness.Auditing;

namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>What the probe found.</summary>
internal sealed record StalenessVerdict
{
    /// <summary>Each service.</summary>
    public required IReadOnlyList<ServiceFigures> Services { get; init; }

    /// <summary>
    /// Why the run is not valid; empty if it is, and of a mode that is only measured, empty but for incidents.
    /// </summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Nothing was stale that must not be, and nothing went wrong beyond the faults.</summary>
    public bool IsValid => Problems.Count == 0;

    /// <summary>Judges a run.</summary>
    /// <param name="services">What was found in each service.</param>
    /// <param name="bound">How stale a read without a position may be; <c>null</c> if nothing is promised, and the
    /// figures are only measured.</param>
    /// <param name="incidents">What went wrong beyond the faults.</param>
    public static StalenessVerdict Of(
        IReadOnlyList<ServiceFigures> services,
        TimeSpan? bound,
        IReadOnlyList<string> incidents
    )
    {
        var problems = new List<string>();
        foreach (var service in bound is null ? [] : services)
        {
            Check(
                service.WithPosition.Stale,
                $"{service.Service}: {{0:N0}} reads were stale although their position was applied"
            );
            Check(
                service.Audits.Sum(audit => audit.StaleL1.Count),
                $"{service.Service}: {{0:N0}} stale entries in memory when all was quiet"
            );
            Check(
                service.Audits.Sum(audit => audit.StaleL2.Count),
                $"{service.Service}: {{0:N0}} stale entries in Redis when all was quiet"
            );
            Check(
                service.Audits.Sum(audit => audit.StaleFresh.Count),
                $"{service.Service}: {{0:N0}} stale entries served from Redis to a fresh instance"
            );
            if (service.WithoutPosition.Ages.Max > bound)
            {
                problems.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{service.Service}: a read without a position was stale by "
                            + $"{service.WithoutPosition.Ages.Max.TotalSeconds:0.0} s; at most "
                            + $"{bound.Value.TotalSeconds:0.0} s are allowed"
                    )
                );
            }
        }

        return new StalenessVerdict { Services = services, Problems = [.. problems, .. incidents] };

        void Check(long count, string problem)
        {
            if (count > 0)
            {
                problems.Add(string.Format(CultureInfo.InvariantCulture, problem, count));
            }
        }
    }
}

/// <summary>What was found in a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="WithoutPosition">Reads without a position.</param>
/// <param name="WithPosition">Reads with the position of the newest acknowledged version.</param>
/// <param name="Audits">What its caches held at the end of each round.</param>
internal sealed record ServiceFigures(
    string Service,
    ReadFigures WithoutPosition,
    ReadFigures WithPosition,
    IReadOnlyList<AuditFigures> Audits
);
