using System.Globalization;
using Microsoft.Extensions.Options;

namespace RedisFlow.Streams;

/// <summary>
/// Collects what is wrong with the settings of a section: each with its full name, its value and an example of a good
/// one. Validators of options use it, those of applications too:
/// <code>
/// var failures = new SettingFailures("Pricing");
/// failures.Range("MaxLines", options.MaxLines, 1, 1000, "100");
/// return failures.Result;
/// </code>
/// </summary>
/// <param name="section">The section's path, e.g. <c>Streams:Additional:orders</c>.</param>
public sealed class SettingFailures(string section)
{
    private readonly List<string> _failures = [];

    /// <summary>Gets the result of the validation: success if nothing was added.</summary>
    public ValidateOptionsResult Result =>
        _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    /// <summary>Adds a failure that concerns no setting of the section.</summary>
    /// <param name="failure">A sentence: what is wrong, and an example of what is right.</param>
    public void Add(string failure) => _failures.Add(failure);

    /// <summary>Adds a failure of a setting.</summary>
    /// <param name="setting">The setting's path from the section on.</param>
    /// <param name="failure">What follows the setting's name, e.g. "is 0. It must be at least 1, e.g. 5."</param>
    public void Add(string setting, string failure) => _failures.Add($"{section}:{setting} {failure}");

    /// <summary>Checks that a value, if there is one, is between two others, both included.</summary>
    /// <param name="setting">The setting's path from the section on.</param>
    /// <param name="value">Its value.</param>
    /// <param name="lowest">The lowest value that is allowed.</param>
    /// <param name="highest">The highest value that is allowed.</param>
    /// <param name="example">A good value, as one writes it in a file of settings.</param>
    public void Range<T>(string setting, T? value, T lowest, T highest, string example)
        where T : struct, IComparable<T>
    {
        if (value is { } number && (number.CompareTo(lowest) < 0 || number.CompareTo(highest) > 0))
        {
            Add(setting, Text($"is {number}. It must be from {lowest} to {highest}, e.g. {Quoted<T>(example)}."));
        }
    }

    /// <summary>Checks that a value is not below another one.</summary>
    /// <inheritdoc cref="Range"/>
    public void AtLeast<T>(string setting, T value, T lowest, string example)
        where T : struct, IComparable<T>
    {
        if (value.CompareTo(lowest) < 0)
        {
            Add(setting, Text($"is {value}. It must be at least {lowest}, e.g. {Quoted<T>(example)}."));
        }
    }

    /// <summary>Checks a name that becomes part of keys in Redis.</summary>
    internal void Name(string setting, string value, string example)
    {
        // Braces would move the keys' hash tag.
        if (string.IsNullOrWhiteSpace(value) || value.Length > 200 || value.AsSpan().ContainsAny('{', '}'))
        {
            Add(setting, $"is '{value}'. It must have 1 to 200 characters and no braces, e.g. \"{example}\".");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Quoted<T>(string example) => typeof(T) == typeof(TimeSpan) ? $"\"{example}\"" : example;
}
