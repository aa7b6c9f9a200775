using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Publishing;

/// <summary>
/// The types of <see cref="KnownMessages"/> by name: in full (<c>redisflow.v1.CompanyUpdated</c>), short
/// (<c>CompanyUpdated</c>), or in words (<c>company.updated</c>, <c>company-updated</c>); capitals do not matter.
/// </summary>
internal static class MessageTypeNames
{
    private static readonly IReadOnlyList<MessageDescriptor> Known =
    [
        .. KnownMessages
            .Files.Where(file => file != StreamMessageReflection.Descriptor)
            .SelectMany(file => file.MessageTypes)
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every type, in words.</summary>
    public static IEnumerable<string> All => Known.Select(InWords);

    /// <exception cref="UsageException">There is no such type; the message lists those that there are.</exception>
    public static MessageDescriptor Find(string name) =>
        Known.FirstOrDefault(type => type.FullName == name)
        ?? Known.FirstOrDefault(type => Letters(type.Name) == Letters(name) || Letters(type.FullName) == Letters(name))
        ?? throw new UsageException($"There is no message type '{name}'; there are: {string.Join(", ", All)}.");

    /// <summary><c>company.updated</c> for <c>CompanyUpdated</c>.</summary>
    public static string InWords(MessageDescriptor type) =>
        string.Concat(
            type.Name.Select(
                (letter, i) =>
                    char.IsUpper(letter) && i > 0
                        ? $".{char.ToLowerInvariant(letter)}"
                        : $"{char.ToLowerInvariant(letter)}"
            )
        );

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
