using Microsoft.Extensions.Configuration;
using RedisFlow.Aspire.Hosting;

namespace RedisFlow.AppHost;

/// <summary>
/// The section <c>Commands</c> of the AppHost's configuration: what the commands of Organization do unless the operator
/// says otherwise.
/// </summary>
/// <param name="SampleCompanies">
/// <c>Commands:SampleCompanies</c>: how many companies the sample data has; 1 to 200. The default is 20.
/// </param>
/// <param name="BurstSize">
/// <c>Commands:BurstSize</c>: how many changes a burst publishes; 1 to 100,000. The default is 100.
/// </param>
/// <param name="Concurrency">
/// <c>Commands:Concurrency</c>: how many requests a command has under way at a time; 1 to 64. The default is 8.
/// </param>
internal sealed record SampleOptions(int SampleCompanies, int BurstSize, int Concurrency)
{
    public const int MaxSampleCompanies = 200;
    public const int MaxBurstSize = 100_000;

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="DistributedApplicationException">
    /// A setting is not usable; the message names it and shows an example.
    /// </exception>
    public static SampleOptions Read(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration, "Commands");
        return new SampleOptions(
            settings.Number("SampleCompanies", 20, 1, MaxSampleCompanies),
            settings.Number("BurstSize", 100, 1, MaxBurstSize),
            settings.Number("Concurrency", 8, 1, 64)
        );
    }
}
