using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace RedisFlow.AppHost;

/// <summary>Reads settings of a section of the AppHost's configuration, and refuses those that cannot be by their full name.</summary>
internal sealed class Settings(IConfiguration configuration, string section)
{
    /// <summary>A whole number between two others, both included.</summary>
    /// <exception cref="DistributedApplicationException">The setting is none.</exception>
    public int Number(string name, int otherwise, int lowest, int highest) =>
        Read(name, otherwise, text => int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest ? value : null,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {lowest} to {highest}"));

    /// <summary>A time span between two others, both included.</summary>
    /// <exception cref="DistributedApplicationException">The setting is none.</exception>
    public TimeSpan Span(string name, TimeSpan otherwise, TimeSpan lowest, TimeSpan highest) =>
        Read(name, otherwise, text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest ? value : null,
            $"a time span from {lowest} to {highest}");

    private T Read<T>(string name, T otherwise, Func<string, T?> parse, string expected)
        where T : struct
    {
        var text = configuration[$"{section}:{name}"];
        return string.IsNullOrWhiteSpace(text)
            ? otherwise
            : parse(text) ?? throw new DistributedApplicationException(
                $"The setting {section}:{name} is '{text}'; it must be {expected}. Example: --{section}:{name}={otherwise}");
    }
}
