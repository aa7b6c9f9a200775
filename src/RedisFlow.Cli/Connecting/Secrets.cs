using System.Text.RegularExpressions;

namespace RedisFlow.Cli.Connecting;

/// <summary>Keeps passwords out of everything that is said.</summary>
internal sealed partial class Secrets
{
    private const string Hidden = "***";

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public Secrets(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.TryGetValue(ConnectionTarget.Variable, out var text))
        {
            AddFrom(text);
        }
    }

    /// <summary>Learns the secrets of a connection.</summary>
    public void Add(ConnectionTarget target) => AddFrom(target.ConnectionString);

    /// <summary>The text without the secrets that are known, and without what looks like one.</summary>
    public string Mask(string text)
    {
        // Longest first: one may be part of another.
        foreach (var secret in _known.OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        return InUri().Replace(InOption().Replace(text, $"$1{Hidden}"), $"$1{Hidden}@");
    }

    /// <summary>Learns the secrets of a text that is, or was meant to be, a connection.</summary>
    public void AddFrom(string text)
    {
        // What a connection string says, which may have spaces and quotes; in other texts these end a value.
        foreach (var option in text.Split(','))
        {
            if (
                option.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value]
                && name.EndsWith("password", StringComparison.OrdinalIgnoreCase)
            )
            {
                Add(value);
            }
        }

        foreach (Match match in InOption().Matches(text))
        {
            Add(match.Groups[2].Value);
        }

        foreach (Match match in InUri().Matches(text))
        {
            Add(match.Groups[2].Value);
            Add(Uri.UnescapeDataString(match.Groups[2].Value));
        }
    }

    private void Add(string secret)
    {
        if (secret.Length > 0)
        {
            _known.Add(secret);
        }
    }

    [GeneratedRegex("(password\\s*=\\s*)([^,'\"\\s]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InOption();

    [GeneratedRegex("(rediss?://[^:@/\\s]*:)([^@/\\s]*)@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InUri();
}
