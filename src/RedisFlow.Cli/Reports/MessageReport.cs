using Google.Protobuf;
using RedisFlow.Cli.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>An entry of the stream, with the reason for which a consumer would not handle it.</summary>
internal sealed class MessageReport(StoredMessage message, JsonFormatter.Settings json, string hint)
    : DecodedMessage(message.Position, message.Envelope, message.Data, json, MessageCatalog.MaxDepth)
{
    public string? Problem { get; } = message.Problem;

    public string? Error { get; } =
        message.Problem == DeadLetterReason.UnknownType ? $"{message.Error} {hint}" : message.Error;
}
