using System.Globalization;

namespace RedisFlow.Chaos.Reporting;

/// <summary>What figures of a run depend on.</summary>
internal static class Machine
{
    /// <summary>Processors and load average (1 minute), as far as the system says.</summary>
    public static string Load()
    {
        const string path = "/proc/loadavg";
        var load = File.Exists(path) ? File.ReadAllText(path).Split(' ')[0] : "unknown";
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load {load}");
    }
}
