using Google.Protobuf.Reflection;
using RedisFlow.Caching;
using RedisFlow.Streams;

namespace RedisFlow.Domain.Tests;

/// <summary>
/// The message contracts as text, one line for each field, sorted: easy to read in a review and to compare.
/// </summary>
internal static class MessageDescriptors
{
    private static readonly FileDescriptor[] Files =
    [
        .. DomainMessages.Files,
        CacheInvalidationReflection.Descriptor,
        StreamMessageReflection.Descriptor,
    ];

    /// <summary>The contracts of this build.</summary>
    public static IReadOnlyList<string> Current { get; } =
    [.. Files.SelectMany(file => file.MessageTypes).SelectMany(Describe).Order(StringComparer.Ordinal)];

    /// <summary>The stored contracts: what is in streams, and what other builds read.</summary>
    public static async Task<IReadOnlyList<string>> StoredAsync(string path, CancellationToken cancellationToken) =>
        [.. (await File.ReadAllLinesAsync(path, cancellationToken)).Where(line => line.Length > 0 && line[0] != '#')];

    private static IEnumerable<string> Describe(MessageDescriptor message) =>
        message
            .Fields.InFieldNumberOrder()
            .Select(field => $"{message.FullName} {field.FieldNumber:D3} {field.Name} {Type(field)}")
            .Concat(message.NestedTypes.Where(nested => nested.ClrType is not null).SelectMany(Describe))
            .Prepend($"{message.FullName} message");

    private static string Type(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var entry = field.MessageType;
            return $"map<{Type(entry.FindFieldByNumber(1))}, {Type(entry.FindFieldByNumber(2))}>";
        }

        var type = field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
        return field.IsRepeated ? $"repeated {type}" : type;
    }
}
