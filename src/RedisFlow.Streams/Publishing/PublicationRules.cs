using System.Globalization;
using System.Text;

namespace RedisFlow.Streams.Publishing;

/// <summary>Refuses what would harm the stream's consumers, before it is sent.</summary>
internal static class PublicationRules
{
    public const int MaxMessageId = 100;
    public const int MaxSubject = 500;
    public const int MaxContent = 2000;
    public const int MaxName = 200;
    public const int MaxHeaders = 64;
    public const int MaxHeaderValue = 8192;

    /// <summary>Checks all but the payload's type and the envelope's size.</summary>
    /// <param name="publication">What is to be published.</param>
    /// <param name="parameter">The publisher's parameter that it came with, for the error.</param>
    /// <exception cref="ArgumentException">Something is out of bounds; the message says what, and what would be
    /// right.</exception>
    public static void Check(Publication publication, string parameter)
    {
        if (publication.MessageId is { } id)
        {
            CheckMessageId(id, $"{parameter}.{nameof(Publication.MessageId)}");
        }

        Text(
            publication.Subject,
            MaxSubject,
            parameter,
            nameof(Publication.Subject),
            "company/456",
            refusesControls: true
        );
        Text(
            publication.Content,
            MaxContent,
            parameter,
            nameof(Publication.Content),
            "Company 456 was renamed.",
            refusesControls: false
        );
        Text(publication.Tenant, MaxName, parameter, nameof(Publication.Tenant), "acme", refusesControls: true);
        Text(
            publication.TargetApplication,
            MaxName,
            parameter,
            nameof(Publication.TargetApplication),
            "shipping",
            refusesControls: true
        );
        if (publication.EntityVersion < 0)
        {
            throw Refused(
                parameter,
                $"{nameof(Publication.EntityVersion)} is {publication.EntityVersion}; it must not be negative, and is "
                    + "0 where the entity has no version"
            );
        }

        Headers(publication.Headers, parameter);
    }

    /// <summary>Checks an id that the application gave.</summary>
    /// <exception cref="ArgumentException">The id is malformed.</exception>
    public static void CheckMessageId(string id, string parameter)
    {
        ArgumentNullException.ThrowIfNull(id, parameter);
        if (id.Length is 0 or > MaxMessageId || !IsVisible(id))
        {
            throw Refused(
                parameter,
                $"the message id {Quote(id)} has {id.Length} characters; it must have 1 to {MaxMessageId}, all of "
                    + "them visible, e.g. 'order-42/paid'"
            );
        }
    }

    /// <summary>The error for something that cannot be published.</summary>
    public static ArgumentException Refused(string parameter, string problem) =>
        new($"The message is refused: {problem}.", parameter);

    private static void Headers(IReadOnlyDictionary<string, string> headers, string parameter)
    {
        if (headers is null)
        {
            throw Refused(parameter, $"{nameof(Publication.Headers)} is null; leave it out where there are none");
        }

        if (headers.Count > MaxHeaders)
        {
            throw Refused(
                parameter,
                $"it has {headers.Count} headers; at most {MaxHeaders} are allowed, and the payload is the place for "
                    + "more"
            );
        }

        foreach (var (name, value) in headers)
        {
            if (name.Length is 0 or > MaxName || !IsVisible(name))
            {
                throw Refused(
                    parameter,
                    $"the header name {Quote(name)} has {name.Length} characters; it must have 1 to {MaxName}, all of "
                        + "them visible, e.g. 'reason'"
                );
            }

            Text(value, MaxHeaderValue, parameter, $"the header '{name}'", "test", refusesControls: false);
        }
    }

    private static void Text(
        string? text,
        int longest,
        string parameter,
        string what,
        string example,
        bool refusesControls
    )
    {
        if (text is null)
        {
            throw Refused(parameter, $"{what} is null; give a text, e.g. '{example}'");
        }

        if (text.Length > longest)
        {
            throw Refused(
                parameter,
                $"{what} has {text.Length} characters; at most {longest} are allowed, e.g. '{example}'"
            );
        }

        if (refusesControls && text.Any(char.IsControl))
        {
            throw Refused(parameter, $"{what} {Quote(text)} has a control character; remove it, e.g. '{example}'");
        }
    }

    private static bool IsVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // What is no valid UTF-16 comes as the replacement character: two such ids would become one.
            if (
                rune == Rune.ReplacementChar
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.Surrogate
                        or UnicodeCategory.OtherNotAssigned
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.SpaceSeparator
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
            )
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The beginning of a text, with what cannot be seen replaced.</summary>
    private static string Quote(string text)
    {
        var shown = text.Take(40).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return $"'{string.Concat(shown)}{(text.Length > 40 ? "…" : "")}'";
    }
}
