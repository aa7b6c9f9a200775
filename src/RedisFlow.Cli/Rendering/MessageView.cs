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
        if (message.Envelope is not { } envelope)
        {
            console.MarkupLine(
                $"[bold]{message.Position}[/]  {at}  [red]{Data.Text(message.Problem ?? "")}[/]: "
                    + Data.Text(message.Error ?? "")
            );
            return;
        }

        console.MarkupLine(
            $"[bold]{message.Position}[/]  {at}  [aqua]{Data.Text(envelope.ShortType())}[/]  "
                + $"{Data.Text(envelope.Subject)}  {Data.Text(envelope.Content)}"
        );
        console.MarkupLine(
            message.Problem is null or DeadLetterReason.UnknownType
                ? $"  [dim]{Data.Text(Payload(envelope))}[/]"
                : $"  [red]{Data.Text(message.Problem)}[/]: {Data.Text(message.Error ?? "")}"
        );
    }

    /// <summary>The payload as JSON; of one that cannot be read, its size.</summary>
    public static string Payload(EnvelopeReport envelope) =>
        envelope.Payload?.ToJsonString(Compact) ?? $"{Data.Number(envelope.PayloadBytes)} bytes of {envelope.Type}";

    private static readonly System.Text.Json.JsonSerializerOptions Compact = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
