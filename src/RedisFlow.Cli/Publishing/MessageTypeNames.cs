using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;

namespace RedisFlow.Cli.Publishing;

/// <summary>
/// The types of a <see cref="MessageCatalog"/> by name: in full (<c>shop.v1.OrderPlaced</c>), short
/// (<c>OrderPlaced</c>), or in words (<c>order.placed</c>, <c>order-placed</c>); capitals do not matter.
/// </summary>
internal sealed class MessageTypeNames(MessageCatalog messages)
{
    /// <summary>Every type, in words.</summary>
    public IEnumerable<string> All => messages.Types.Select(InWords);

    /// <exception cref="UsageException">
    /// There is no such type, or there are several; the message lists those that there are.
    /// </exception>
    public MessageDescriptor Find(string name)
    {
        if (messages.Types.FirstOrDefault(type => type.FullName == name) is { } exact)
        {
            return exact;
        }

        MessageDescriptor[] found =
        [
            .. messages.Types.Where(type =>
                Letters(type.Name) == Letters(name) || Letters(type.FullName) == Letters(name)
            ),
        ];
        return found switch
        {
            [var only] => only,
            [] => throw new UsageException(
                $"There is no message type '{name}' among those that are known: {string.Join(", ", All)}. "
                    + messages.Hint
            ),
            _ => throw new UsageException(
                $"'{name}' means several message types: {string.Join(", ", found.Select(type => type.FullName))}. "
                    + "Give the full name."
            ),
        };
    }

    /// <summary><c>order.placed</c> for <c>OrderPlaced</c>.</summary>
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
