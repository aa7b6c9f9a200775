using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Reads settings of one section of the AppHost's configuration. A value out of range stops the start with a message
/// that names the setting in full and shows an example.
/// </summary>
/// <param name="configuration">The AppHost's configuration.</param>
/// <param name="section">The section, e.g. <c>Commands</c>.</param>
public sealed class SettingReader(IConfiguration configuration, string section)
{
    /// <summary>Reads a whole number.</summary>
    /// <param name="name">The setting's name within the section.</param>
    /// <param name="otherwise">The default: the value where nothing is set.</param>
    /// <param name="lowest">The lowest value, inclusive.</param>
    /// <param name="highest">The highest value, inclusive.</param>
    /// <returns>The value.</returns>
    /// <exception cref="DistributedApplicationException">The value is not a number, or out of range.</exception>
    public int Number(string name, int otherwise, int lowest, int highest) =>
        Read(
            name,
            otherwise,
            text =>
                int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest
                    ? value
                    : null,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {lowest} to {highest}")
        );

    /// <summary>Reads a time span.</summary>
    /// <param name="name">The setting's name within the section.</param>
    /// <param name="otherwise">The default: the value where nothing is set.</param>
    /// <param name="lowest">The shortest time, inclusive.</param>
    /// <param name="highest">The longest time, inclusive.</param>
    /// <returns>The value.</returns>
    /// <exception cref="DistributedApplicationException">The value is not a time span, or out of range.</exception>
    public TimeSpan Span(string name, TimeSpan otherwise, TimeSpan lowest, TimeSpan highest) =>
        Read(
            name,
            otherwise,
            text =>
                TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value)
                && value >= lowest
                && value <= highest
                    ? value
                    : null,
            $"a time span from {lowest} to {highest}"
        );

    private T Read<T>(string name, T otherwise, Func<string, T?> parse, string expected)
        where T : struct
    {
        var text = configuration[$"{section}:{name}"];
        return string.IsNullOrWhiteSpace(text)
            ? otherwise
            : parse(text)
                ?? throw new DistributedApplicationException(
                    $"The setting {section}:{name} is '{text}'; it must be {expected}. "
                        + $"Example: --{section}:{name}={otherwise}"
                );
    }
}
