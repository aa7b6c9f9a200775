using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace RedisFlow.Chaos;

/// <summary>A command line of <c>--name value</c> pairs; what cannot be read is named.</summary>
internal sealed class CommandLine
{
    private readonly IConfigurationRoot _line;

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="known">The names that it may have.</param>
    /// <exception cref="FormatException">A name is not known.</exception>
    public CommandLine(string[] arguments, IReadOnlyCollection<string> known)
    {
        _line = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        foreach (
            var given in _line
                .GetChildren()
                .Where(given => !known.Contains(given.Key, StringComparer.OrdinalIgnoreCase))
        )
        {
            throw new FormatException($"--{given.Key} is not known.");
        }
    }

    /// <summary>The text of an argument; <c>null</c> if it is not given.</summary>
    public string? this[string name] => _line[name];

    /// <summary>A whole number.</summary>
    /// <exception cref="FormatException">It is not a whole number, or lower than allowed.</exception>
    public int Number(string name, int otherwise, int lowest) =>
        this[name] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= lowest
            ? number
        : throw new FormatException($"--{name} is '{text}'; expected a whole number from {lowest} on.");

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public bool Flag(string name, bool otherwise) =>
        this[name] is not { } text ? otherwise
        : bool.TryParse(text, out var flag) ? flag
        : throw new FormatException($"--{name} is '{text}'; expected true or false.");

    /// <summary>
    /// A time longer than zero, as <c>20ms</c>, <c>30s</c>, <c>10m</c>, <c>1h</c> or <c>00:01:30</c>.
    /// </summary>
    /// <exception cref="FormatException">It is not such a time.</exception>
    public TimeSpan Time(string name, TimeSpan otherwise)
    {
        if (this[name] is not { } text)
        {
            return otherwise;
        }

        if (
            text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            && time > TimeSpan.Zero
        )
        {
            return time;
        }

        var number = text.AsSpan().TrimEnd("hms");
        if (
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value > 0
        )
        {
            switch (text[number.Length..])
            {
                case "ms":
                    return TimeSpan.FromMilliseconds(value);
                case "s":
                    return TimeSpan.FromSeconds(value);
                case "m":
                    return TimeSpan.FromMinutes(value);
                case "h":
                    return TimeSpan.FromHours(value);
            }
        }

        throw new FormatException($"--{name} is '{text}'; expected a time such as 20ms, 30s, 10m, 1h or 00:01:30.");
    }
}
