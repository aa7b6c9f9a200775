using System.Globalization;

namespace RedisFlow.Caching;

/// <summary>Which keys, prefixes and tags are accepted.</summary>
internal static class CacheKey
{
    /// <summary>The longest key, in UTF-16 characters.</summary>
    public const int MaxLength = 1024;

    /// <exception cref="ArgumentException">The text cannot be a key, prefix or tag; the message says why.</exception>
    public static void Validate(string text, string what, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"The {what} is empty.", parameter);
        }

        if (text.Length > MaxLength)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The {what} has {text.Length} characters; at most {MaxLength} are allowed: '{text[..40]}…'."),
                parameter);
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The {what} has the control character U+{(int)text[i]:X4} at index {i}."),
                    parameter);
            }
        }
    }
}
