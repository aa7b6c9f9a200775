using System.Globalization;

namespace RedisFlow.AppHost;

/// <summary>
/// Companies with dealerships for a developer who looks around. Seeding again keeps what exists and adds what is
/// missing.
/// </summary>
internal static class SampleData
{
    private const string Prefix = "Sample Motors ";
    private const int Dealerships = 2;

    public static async Task<ExecuteCommandResult> SeedAsync(
        OrganizationClient organization,
        int companies,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var run = new RequestRun();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = concurrency,
            CancellationToken = cancellationToken,
        };
        var names = Enumerable
            .Range(1, companies)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:000}"))
            .ToArray();

        var existing = (await organization.FindAsync(Prefix, cancellationToken))
            .Select(company => company.Name)
            .ToHashSet(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            names.Where(name => !existing.Contains(name)),
            parallel,
            async (name, ct) => await run.TryAsync(() => organization.CreateCompanyAsync(name, ct), ct)
        );

        // A company's dealerships one after the other: each changes the company, so that two at once would only
        // contend.
        var incomplete = (await organization.FindAsync(Prefix, cancellationToken)).Where(company =>
            names.Contains(company.Name) && company.DealershipCount < Dealerships
        );
        await Parallel.ForEachAsync(
            incomplete,
            parallel,
            async (company, ct) =>
            {
                for (var number = company.DealershipCount + 1; number <= Dealerships; number++)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{company.Name}, house {number}");
                    await run.TryAsync(() => organization.AddDealershipAsync(company.Id, name, ct), ct);
                }
            }
        );
        return run.ToResult(
            "companies and dealerships were created",
            $" {names.Count(existing.Contains)} of {companies} companies were there before."
        );
    }
}
