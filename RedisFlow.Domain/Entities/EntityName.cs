using System.Diagnostics.CodeAnalysis;

namespace RedisFlow.Domain;

/// <summary>
/// The name of a company or a dealership: trimmed, 1 to <see cref="MaxLength"/> characters, no control characters,
/// valid Unicode. Names need not be unique.
/// </summary>
public sealed record EntityName
{
    /// <summary>The greatest length, in UTF-16 code units, after trimming.</summary>
    public const int MaxLength = 200;

    private EntityName(string value) => Value = value;

    /// <summary>The name, trimmed.</summary>
    public string Value { get; }

    /// <summary>Checks and trims <paramref name="text"/>.</summary>
    /// <param name="text">What the caller gave.</param>
    /// <param name="name">The name, if the text is one.</param>
    /// <param name="error">Otherwise what is wrong and how to correct it, for the caller to read.</param>
    public static bool TryCreate(
        string? text,
        [NotNullWhen(true)] out EntityName? name,
        [NotNullWhen(false)] out string? error
    )
    {
        var trimmed = text?.Trim();
        error = trimmed switch
        {
            null or "" => $"The name is missing or empty; give 1 to {MaxLength} characters.",
            { Length: > MaxLength } => $"The name has {trimmed.Length} characters; shorten it to at most {MaxLength}.",
            _ when trimmed.Any(char.IsControl) =>
                "The name contains a control character (such as a line break or a tab); remove it.",
            _ when HasLoneSurrogate(trimmed) => "The name contains half of a surrogate pair; send valid Unicode text.",
            _ => null,
        };
        name = error is null ? new EntityName(trimmed!) : null;
        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    // Such text has no UTF-8 form: it would come back from storage as something else.
    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
