using System.Text.Json.Serialization.Metadata;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>.NET types in the words of a caller; the names of the service's own types stay inside.</summary>
internal static class TypeNames
{
    private const string Unknown = "a value of the kind that the API's document describes";

    /// <summary>
    /// Describes the type of a parameter by its name in C#, e.g. <c>long</c> or <c>Nullable&lt;int&gt;</c>.
    /// </summary>
    public static string Describe(string csharpName)
    {
        var name = csharpName.TrimEnd('?');
        name = name.StartsWith("Nullable<", StringComparison.Ordinal) ? name["Nullable<".Length..^1] : name;
        return name switch
        {
            "long" => Describe(typeof(long)),
            "int" => Describe(typeof(int)),
            "bool" => Describe(typeof(bool)),
            "double" => Describe(typeof(double)),
            "decimal" => Describe(typeof(decimal)),
            "Guid" => Describe(typeof(Guid)),
            "DateTimeOffset" => Describe(typeof(DateTimeOffset)),
            "DateOnly" => Describe(typeof(DateOnly)),
            _ => Unknown,
        };
    }

    /// <summary>Describes a type of a JSON body.</summary>
    public static string Describe(JsonTypeInfo type) =>
        type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            JsonTypeInfoKind.Enumerable => "an array",
            _ => Describe(type.Type),
        };

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type == typeof(string) => "a string",
            _ when type == typeof(long) => $"a whole number from {long.MinValue} to {long.MaxValue}",
            _ when type == typeof(int) => $"a whole number from {int.MinValue} to {int.MaxValue}",
            _ when type == typeof(double) || type == typeof(decimal) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(Guid) => "a UUID",
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) =>
                "a date and time of RFC 3339, e.g. 2030-01-31T12:00:00Z",
            _ when type == typeof(DateOnly) => "a date, e.g. 2030-01-31",
            _ => Unknown,
        };
    }
}
