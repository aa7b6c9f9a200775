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
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The {what} has {text.Length} characters; at most {MaxLength} are allowed: '{text[..40]}…'."
                ),
                parameter
            );
        }

        var refused = IndexOfRefused(text);
        if (refused >= 0)
        {
            var character = char.IsSurrogate(text[refused]) ? "half of a surrogate pair," : "the control character";
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The {what} has {character} U+{(int)text[refused]:X4} at index {refused}."
                ),
                parameter
            );
        }
    }

    /// <summary>
    /// The first control character, or half of a surrogate pair; -1 if the text has neither. In UTF-8, as which Redis
    /// and other instances have a text, all such halves are one and the same character.
    /// </summary>
    public static int IndexOfRefused(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return i;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsSurrogatePair(text, i))
                {
                    return i;
                }

                i++;
            }
        }

        return -1;
    }
}
