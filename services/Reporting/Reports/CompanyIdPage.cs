using System.ComponentModel;

namespace RedisFlow.Reporting.Reports;

/// <summary>
/// What is cached of one page of the list: which companies are on it. What is reported on them has entries of its own,
/// so that a change of one company leaves the pages and the other reports alone.
/// </summary>
/// <param name="Ids">The companies on the page.</param>
/// <param name="Total">How many there are on all pages.</param>
[ImmutableObject(true)]
internal sealed record CompanyIdPage(IReadOnlyList<long> Ids, long Total);
