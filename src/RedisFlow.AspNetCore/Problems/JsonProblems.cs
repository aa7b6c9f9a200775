using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>JSON bodies that could not be read.</summary>
internal static partial class JsonProblems
{
    private static readonly string[] Required = ["A value is required."];

    /// <param name="exception">What the serializer said.</param>
    /// <param name="schema">What the body should be, if the endpoint tells.</param>
    public static Problem Explain(JsonException exception, BodySchema? schema)
    {
        var field = Field(exception.Path);

        if (
            exception.Message.Contains("could not be converted to", StringComparison.Ordinal)
            && schema?.Expected(exception.Path) is { } expected
        )
        {
            return field is null
                ? Problem.Invalid($"The body must be {expected}.")
                : Problem.Invalid(field, $"Expected {expected}.");
        }

        if (MissingProperties().Match(exception.Message) is { Success: true } missing)
        {
            var names = QuotedName()
                .Matches(missing.Groups["names"].Value)
                .Select(match => match.Groups[1].Value)
                .ToArray();
            return Problem.Invalid($"Missing: {string.Join(", ", names)}.") with
            {
                Errors = names.ToDictionary(name => name, _ => Required),
            };
        }

        if (Duplicate().Match(exception.Message) is { Success: true } duplicate)
        {
            return Problem.Invalid(duplicate.Groups["name"].Value, "The field is there twice.");
        }

        var place = exception is { LineNumber: { } line, BytePositionInLine: { } position }
            ? string.Create(CultureInfo.InvariantCulture, $" at line {line + 1}, byte {position + 1}")
            : "";
        return Problem.Invalid($"The body is not valid JSON{place}{(field is null ? "" : $", at {field}")}.");
    }

    /// <summary><c>$.address.city</c> as <c>address.city</c>; <c>null</c> for the body as a whole.</summary>
    private static string? Field(string? path) =>
        path is null or "" or "$" ? null
        : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..]
        : path;

    [GeneratedRegex("was missing required properties including: (?<names>.+)\\.")]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedName();

    [GeneratedRegex("[Dd]uplicate property '(?<name>[^']+)'")]
    private static partial Regex Duplicate();
}
