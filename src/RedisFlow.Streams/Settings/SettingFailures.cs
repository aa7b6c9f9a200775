using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.Settings;

/// <summary>
/// Collects what is wrong with the settings of a section: each with its full name, its value and an example of a good
/// one.
/// </summary>
internal sealed class SettingFailures(string section)
{
    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result =>
        _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    /// <summary>Adds a failure that concerns no setting of the section.</summary>
    public void Add(string failure) => _failures.Add(failure);

    /// <summary>Adds a failure of a setting; the text goes on after its name.</summary>
    public void Add(string setting, string failure) => _failures.Add($"{section}:{setting} {failure}");

    /// <summary>Checks a name that becomes part of keys in Redis.</summary>
    public void Name(string setting, string value, string example)
    {
        // Braces would move the keys' hash tag.
        if (string.IsNullOrWhiteSpace(value) || value.Length > 200 || value.AsSpan().ContainsAny('{', '}'))
        {
            Add(setting, $"is '{value}'; it must have 1 to 200 characters and no braces, e.g. \"{example}\".");
        }
    }

    /// <summary>Checks that a value is between two others, both included.</summary>
    public void Range<T>(string setting, T value, T lowest, T highest, string example)
        where T : IComparable<T>
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
        {
            Add(setting, $"is {value}; it must be between {lowest} and {highest}, e.g. \"{example}\".");
        }
    }
}
