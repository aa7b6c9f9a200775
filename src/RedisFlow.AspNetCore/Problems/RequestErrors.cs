using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>
/// Collects what is wrong with a request, by field, so that the caller learns of all that is checked here at once:
/// <code>
/// var errors = new RequestErrors();
/// var page = errors.InRange("page", query.Page, 1, 1000, otherwise: 1);
/// if (errors.Any)
/// {
///     return errors.ToProblem();
/// }
/// </code>
/// Services add checks of their own as extension methods that call <see cref="Add"/>.
/// </summary>
public sealed class RequestErrors
{
    private const string Title = "Invalid request";
    private const int Shown = 64;

    private static readonly string? PlatformTitle = new HttpValidationProblemDetails().Title;

    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>Whether something is wrong.</summary>
    public bool Any => _errors.Count > 0;

    /// <summary>Adds an error.</summary>
    /// <param name="field">The field, by the name that the caller knows, e.g. <c>address.city</c>.</param>
    /// <param name="message">What to give instead, as a sentence.</param>
    public void Add(string field, string message) =>
        _errors[field] = _errors.TryGetValue(field, out var messages) ? [.. messages, message] : [message];

    /// <summary>Checks that a value is there.</summary>
    public bool Required<T>(string field, [NotNullWhen(true)] T? value)
    {
        if (value is null || value is string text && string.IsNullOrWhiteSpace(text))
        {
            Add(field, "A value is required.");
            return false;
        }

        return true;
    }

    /// <summary>Checks that a text is there, and no longer than allowed.</summary>
    /// <returns>The text without white space around it; empty if it is wrong.</returns>
    public string Text(string field, string? text, int maxLength)
    {
        if (!Required(field, text))
        {
            return "";
        }

        var trimmed = text.Trim();
        if (trimmed.Length > maxLength)
        {
            Add(
                field,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Give at most {maxLength} characters; these are {trimmed.Length}."
                )
            );
            return "";
        }

        return trimmed;
    }

    /// <summary>Checks that a number lies between two bounds, both allowed.</summary>
    /// <returns>The number, or <paramref name="otherwise"/> where the caller gave none.</returns>
    public long InRange(string field, long? number, long min, long max, long otherwise)
    {
        var value = number ?? otherwise;
        if (value < min || value > max)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"Give a whole number from {min} to {max}."));
        }

        return value;
    }

    /// <inheritdoc cref="InRange(string, long?, long, long, long)"/>
    public int InRange(string field, int? number, int min, int max, int otherwise) =>
        (int)InRange(field, (long?)number, min, max, otherwise);

    /// <summary>The answer: 400, with <c>errors</c> by field.</summary>
    public ValidationProblem ToProblem() =>
        TypedResults.ValidationProblem(_errors, detail: Detail(_errors), title: Title);

    /// <summary>As much of a wrong text as a problem repeats.</summary>
    internal static string Excerpt(string text) => text.Length > Shown ? $"{text[..Shown]}…" : text;

    /// <summary>Gives a problem that the platform's validation made the form of the others.</summary>
    internal static void Describe(HttpValidationProblemDetails problem)
    {
        // A problem with words of its own is not the platform's.
        if (problem.Detail is not null || problem.Title != PlatformTitle)
        {
            return;
        }

        problem.Errors = problem
            .Errors.GroupBy(error => JsonName(error.Key), error => error.Value)
            .ToDictionary(field => field.Key, field => field.SelectMany(messages => messages).Distinct().ToArray());
        problem.Title = Title;
        problem.Detail = Detail(problem.Errors);
    }

    // The platform names properties as the code does: Lines[0].Name.
    private static string JsonName(string path) =>
        string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string Detail(IEnumerable<KeyValuePair<string, string[]>> errors) =>
        string.Join(" ", errors.Select(error => $"{error.Key}: {string.Join(" ", error.Value)}"));
}
