using System.Globalization;

namespace RedisFlow.Verification;

/// <summary>
/// A command line of <c>--name value</c> pairs, of switches, and of words between them; what cannot be read is named.
/// </summary>
public sealed class RunArguments
{
    private readonly Dictionary<string, List<string>> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="switches">The names that have no value.</param>
    /// <exception cref="FormatException">A name has no value.</exception>
    public RunArguments(IReadOnlyList<string> arguments, params IReadOnlyList<string> switches)
    {
        var words = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(arguments[i]);
                continue;
            }

            var name = arguments[i][2..];
            var value =
                switches.Contains(name) ? "true"
                : ++i < arguments.Count ? arguments[i]
                : throw new FormatException($"--{name} needs a value.");
            (_given.TryGetValue(name, out var values) ? values : _given[name] = []).Add(value);
        }

        Words = words;
    }

    /// <summary>What is no name and no value.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The text of an argument, the last one where there are several; <c>null</c> without one.</summary>
    public string? this[string name] => All(name) is [.., var last] ? last : null;

    /// <summary>How the command line names the values of an enumeration.</summary>
    public static IReadOnlyDictionary<string, T> NamesOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant());

    /// <summary>The texts of an argument that may be there several times.</summary>
    public IReadOnlyList<string> All(string name)
    {
        _known.Add(name);
        return _given.GetValueOrDefault(name) ?? [];
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="FormatException">It is not a whole number, or lower than allowed.</exception>
    public int Number(string name, int otherwise, int lowest) =>
        this[name] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= lowest
            ? number
        : throw new FormatException($"--{name} is '{text}'; expected a whole number from {lowest} on.");

    /// <summary>A number that need not be whole.</summary>
    /// <exception cref="FormatException">It is not a number, or not within the limits.</exception>
    public double Number(string name, double otherwise, double lowest, double highest) =>
        this[name] is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number >= lowest
        && number <= highest
            ? number
        : throw new FormatException($"--{name} is '{text}'; expected a number from {lowest} to {highest}.");

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

    /// <summary>One of several names.</summary>
    /// <exception cref="FormatException">It is not one of them.</exception>
    public T One<T>(string name, T otherwise, IReadOnlyDictionary<string, T> names) =>
        this[name] is { } text ? One(name, text, names) : otherwise;

    /// <summary>The names of an argument that may be there several times, each once.</summary>
    /// <exception cref="FormatException">A name is not known.</exception>
    public IReadOnlyList<T> Each<T>(string name, IReadOnlyDictionary<string, T> names) =>
        [.. All(name).Select(text => One(name, text, names)).Distinct()];

    /// <summary>Names with commas between them: one for all places, or one for each.</summary>
    /// <param name="name">The argument.</param>
    /// <param name="otherwise">What each place has without it.</param>
    /// <param name="names">The names.</param>
    /// <param name="places">How many places there are.</param>
    /// <exception cref="FormatException">A name is not known, or there are too many or too few.</exception>
    public IReadOnlyList<T> OneOrEach<T>(string name, T otherwise, IReadOnlyDictionary<string, T> names, int places)
    {
        if (this[name] is not { } text)
        {
            return [.. Enumerable.Repeat(otherwise, places)];
        }

        var values = text.Split(',').Select(part => One(name, part, names)).ToArray();
        return values.Length == places ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], places)]
            : throw new FormatException($"--{name} is '{text}'; expected one, or one for each of the {places} places.");
    }

    /// <summary>To be called when everything is read.</summary>
    /// <exception cref="FormatException">There is a name that was not asked for.</exception>
    public void End()
    {
        if (_given.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            throw new FormatException($"--{unknown} is not known.");
        }
    }

    private static T One<T>(string name, string text, IReadOnlyDictionary<string, T> names) =>
        names.FirstOrDefault(known => string.Equals(known.Key, text, StringComparison.OrdinalIgnoreCase))
            is { Key: not null } found
            ? found.Value
            : throw new FormatException($"--{name} names '{text}'; expected one of {string.Join(", ", names.Keys)}.");
}
