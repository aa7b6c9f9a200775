using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisFlow.Chaos.Checking;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;

namespace RedisFlow.Chaos.Reporting;

/// <summary>Writes <c>report.md</c> for people and <c>report.json</c> for programs.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new MessageIdConverter(), new JsonStringEnumConverter() },
    };

    /// <summary>Writes both.</summary>
    public static async Task WriteAsync(
        string directory,
        RunFacts facts,
        Verdict verdict,
        CancellationToken cancellationToken
    )
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "report.md"), Markdown(facts, verdict), cancellationToken);
        await using var json = File.Create(Path.Combine(directory, "report.json"));
        await JsonSerializer.SerializeAsync(json, new { verdict, facts }, Json, cancellationToken);
    }

    /// <summary>The report as text.</summary>
    public static string Markdown(RunFacts facts, Verdict verdict)
    {
        var text = new StringBuilder();
        var options = facts.Options;
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"# Chaos run, seed {options.Seed}: {(verdict.IsValid ? "valid" : "NOT VALID")}"
        );
        text.AppendLine();
        foreach (var problem in verdict.Problems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- **{problem}**");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {verdict.Attempted:N0} messages attempted, {verdict.Published:N0} confirmed, {verdict.Unknown:N0} of "
                + $"unknown outcome"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"- {verdict.DeadLetters} dead letters");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {verdict.LostByRedis:N0} confirmed messages lost by Redis itself in a SIGKILL, within what "
                + $"`appendfsync everysec` allows"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- published in {facts.Published.TotalSeconds:0.0} s, consumed by all groups after "
                + $"{facts.Drained.TotalSeconds:0.0} s"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {options.Publishers} publisher processes with {Roles.Lanes} subjects each, {facts.WorkerProcesses} "
                + $"worker processes in all, lease {options.LeaseDuration.TotalSeconds:0.0} s, "
                + $"{facts.DroppedBytes:N0} bytes of replies dropped"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- Redis {facts.Server}, append-only file, {(options.IsAlwaysSynced ? "always" : "everysec")}"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"- before: {facts.LoadBefore}; at the end: {facts.LoadAfter}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- again: `{options.ToCommand()}`");
        text.AppendLine();
        text.AppendLine("| Group | Worker | Handled | Lost | Unexpected | Recovered | Duplicates |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|");
        foreach (var (group, kind) in verdict.Groups.Zip(options.Workers))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {group.Group} | {kind} | {group.Handled:N0} | {group.Lost.Count:N0} | {group.Unexpected.Count:N0} "
                    + $"| {group.Recovered:N0} | {group.Duplicates:N0} |"
            );
        }

        text.AppendLine();
        text.AppendLine("Handled, lost and recovered count messages; duplicates count handlings beyond the first.");
        ReportTables.Order(text, verdict);
        ReportTables.Losses(text, verdict);
        ReportTables.Duplicates(text, verdict);
        ReportTables.Faults(text, facts);
        return text.ToString();
    }

    private sealed class MessageIdConverter : JsonConverter<MessageId>
    {
        public override MessageId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Reports are written only.");

        public override void Write(Utf8JsonWriter writer, MessageId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
