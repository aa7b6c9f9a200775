using System.Globalization;

namespace RedisFlow.AppHost;

/// <summary>
/// Publishes many changes at once: renames of companies that exist for this only. Each is renamed by one caller, one
/// change after the other, so that callers do not contend for a company.
/// </summary>
internal static class Burst
{
    private const string Prefix = "Burst Motors ";

    public static async Task<ExecuteCommandResult> PublishAsync(
        OrganizationClient organization,
        int changes,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var callers = Math.Min(changes, concurrency);
        var companies = await EnsureCompaniesAsync(organization, callers, cancellationToken);
        if (companies.Count < callers)
        {
            return CommandResults.Failure(
                $"Only {companies.Count} of {callers} companies for the burst could be created."
            );
        }

        var run = new RequestRun();
        var next = 0;
        await Task.WhenAll(
            companies
                .Take(callers)
                .Select(async company =>
                {
                    for (
                        var number = Interlocked.Increment(ref next);
                        number <= changes;
                        number = Interlocked.Increment(ref next)
                    )
                    {
                        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{company.Id} ({number})");
                        await run.TryAsync(
                            () => organization.RenameCompanyAsync(company.Id, name, cancellationToken),
                            cancellationToken
                        );
                    }
                })
        );
        return run.ToResult("changes were published");
    }

    private static async Task<IReadOnlyList<Company>> EnsureCompaniesAsync(
        OrganizationClient organization,
        int count,
        CancellationToken cancellationToken
    )
    {
        var found = await organization.FindAsync(Prefix, cancellationToken);
        if (found.Count >= count)
        {
            return found;
        }

        for (var i = found.Count; i < count; i++)
        {
            using var response = await organization.CreateCompanyAsync($"{Prefix}new", cancellationToken);
            response.EnsureSuccessStatusCode();
        }

        return await organization.FindAsync(Prefix, cancellationToken);
    }
}
