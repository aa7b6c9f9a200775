using Microsoft.Extensions.Configuration;

namespace RedisFlow.AppHost;

/// <summary>The section <c>Commands</c> of the AppHost's configuration: what the commands of the dashboard do unless they are told otherwise.</summary>
/// <param name="SampleCompanies"><c>Commands:SampleCompanies</c>: how many companies the sample data has; 1 to 200. Default: 20.</param>
/// <param name="BurstSize"><c>Commands:BurstSize</c>: how many changes a burst publishes; 1 to 100,000. Default: 100.</param>
/// <param name="Concurrency"><c>Commands:Concurrency</c>: how many requests a command has under way at a time; 1 to 64. Default: 8.</param>
/// <param name="ClaimMinIdle">
/// <c>Commands:ClaimMinIdle</c>: how long a pending entry must have been left alone to be taken from its consumer; 1 s to 1 day. Workers that live renew
/// theirs each third of the services' <c>Streams:LeaseDuration</c>: half of it is safe. Default: 15 s.
/// </param>
internal sealed record OperatorOptions(int SampleCompanies, int BurstSize, int Concurrency, TimeSpan ClaimMinIdle)
{
    public const int MaxSampleCompanies = 200;
    public const int MaxBurstSize = 100_000;
    public static readonly TimeSpan MaxClaimMinIdle = TimeSpan.FromDays(1);

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="DistributedApplicationException">A setting is not usable; the message names it and shows an example.</exception>
    public static OperatorOptions Read(IConfiguration configuration)
    {
        var settings = new Settings(configuration, "Commands");
        return new OperatorOptions(
            settings.Number("SampleCompanies", 20, 1, MaxSampleCompanies),
            settings.Number("BurstSize", 100, 1, MaxBurstSize),
            settings.Number("Concurrency", 8, 1, 64),
            settings.Span("ClaimMinIdle", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), MaxClaimMinIdle));
    }
}
