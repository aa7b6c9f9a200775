using System.Text.Encodings.Web;
using System.Text.Json;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>Messages, one line each with its payload on a second one.</summary>
internal static class MessageView
{
    public static void Write(IAnsiConsole console, MessageReport message)
    {
        var at = Data.Moment(message.At);
        if (message.MessageId is null)
        {
            console.MarkupLine(
                $"[bold]{message.Position}[/]  {at}  [red]{Data.Text(message.Problem ?? "")}[/]: "
                    + Data.Text(message.Error ?? "")
            );
            return;
        }

        console.MarkupLine(
            $"[bold]{message.Position}[/]  {at}  [aqua]{Data.Text(ShortType(message))}[/]  "
                + $"{Data.Text(message.Subject ?? "")}  {Data.Text(message.Content ?? "")}"
        );
        console.MarkupLine(
            message.Problem is null or DeadLetterReason.UnknownType
                ? $"  [dim]{Data.Text(Payload(message))}[/]"
                : $"  [red]{Data.Text(message.Problem)}[/]: {Data.Text(message.Error ?? "")}"
        );
    }

    /// <summary>The payload as JSON; of one that cannot be read, its size.</summary>
    public static string Payload(DecodedMessage message) =>
        message.Payload is { } payload
            ? JsonSerializer.Serialize(payload, Compact)
            : $"{Data.Number(message.PayloadBytes)} bytes of {message.Type}";

    private static string ShortType(DecodedMessage message) => message.Type?.Split('.')[^1] ?? "";

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
