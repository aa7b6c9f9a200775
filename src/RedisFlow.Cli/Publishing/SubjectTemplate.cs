using System.Text.Json;
using System.Text.RegularExpressions;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Publishing;

/// <summary>Texts with fields of a payload in braces: <c>company/{companyId}</c>.</summary>
internal static partial class SubjectTemplate
{
    /// <exception cref="UsageException">The payload has no such field.</exception>
    public static string Fill(string template, JsonElement payload) =>
        Field()
            .Replace(
                template,
                match =>
                    payload.ValueKind == JsonValueKind.Object
                    && payload.TryGetProperty(match.Groups[1].Value, out var value)
                        ? value.ToString()
                        : throw new UsageException(
                            $"'{template}' names the field '{match.Groups[1].Value}', which the payload does not have."
                        )
            );

    [GeneratedRegex(@"\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}
