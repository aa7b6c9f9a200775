using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>
/// What the body of an endpoint should be at a JSON path. The exception's own text names the enclosing type where a
/// constructor sets the property, and that is of no use to the caller.
/// </summary>
/// <param name="Body">The type of the body.</param>
/// <param name="Options">How bodies are read.</param>
internal sealed partial record BodySchema(Type Body, JsonSerializerOptions Options)
{
    /// <summary>Describes what is expected at the path; <c>null</c> if the path leads nowhere.</summary>
    /// <param name="path">As <see cref="JsonException.Path"/> has it: <c>$.address.lines[2]</c>.</param>
    public string? Expected(string? path)
    {
        var type = Options.GetTypeInfo(Body);
        foreach (var step in Step().Matches(path ?? "").Cast<Match>())
        {
            if (Next(type, step) is not { } next)
            {
                return null;
            }

            type = Options.GetTypeInfo(next);
        }

        return TypeNames.Describe(type);
    }

    private static Type? Next(JsonTypeInfo type, Match step) =>
        type.Kind == JsonTypeInfoKind.Object
            ? type
                .Properties.FirstOrDefault(p =>
                    p.Name.Equals(step.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)
                )
                ?.PropertyType
            : type.ElementType;

    [GeneratedRegex("""\.(?<name>[^.\[]+)|\['(?<name>.+?)'\]|\[\d+\]""")]
    private static partial Regex Step();
}
