using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Says on the console when a resource ends before it was ready, and why. Aspire shows that in the dashboard only,
/// while everything that depends on the resource goes on waiting for it.
/// </summary>
internal sealed partial class EarlyEndWatch(
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ILogger<EarlyEndWatch> logger,
    string? advice
)
{
    // Enough for an exception with its stack.
    private const int LastLines = 20;

    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Life> _lives = [];

    /// <summary>Watches until the AppHost stops.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stop))
            {
                var before = _lives.GetValueOrDefault(change.ResourceId);
                var now = Life.Of(change.Snapshot, before);
                _lives[change.ResourceId] = now;
                if (now.EndedEarlyAfter(before))
                {
                    await ReportAsync(change, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What ends now was asked to.
        }
    }

    private async Task ReportAsync(ResourceEvent ended, CancellationToken stop)
    {
        var exit = ended.Snapshot.ExitCode is { } code
            ? string.Create(CultureInfo.InvariantCulture, $" with exit code {code}")
            : "";
        var lines = (await ReadLogAsync(ended.ResourceId, stop)).TakeLast(LastLines).DefaultIfEmpty("  (none)");
        var hint = advice is null ? "" : $"\nWhat to do: {advice}.";
        LogEndedEarly(logger, ended.Resource.Name, exit, string.Join(Environment.NewLine, lines), hint);
    }

    private async Task<IEnumerable<string>> ReadLogAsync(string resourceId, CancellationToken stop)
    {
        var lines = new List<string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(LogLimit);
        try
        {
            await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(limit.Token))
            {
                lines.AddRange(batch.Select(line => line.Content));
            }
        }
#pragma warning disable CA1031 // What has been read until now is better than nothing, and the watch has to go on.
        catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            lines.Add($"(The log could not be read to its end: {exception.Message})");
        }

        // Each begins with its time, by which those of the orchestrator and of the resource belong together.
        return lines.Order(StringComparer.Ordinal).Select(line => $"  {Time().Replace(line, "")}");
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\S+ ")]
    private static partial Regex Time();

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Resource} ended{Exit} before it was ready. Its last lines:\n{Lines}{Advice}"
    )]
    private static partial void LogEndedEarly(
        ILogger logger,
        string resource,
        string exit,
        string lines,
        string advice
    );

    /// <summary>How far a resource has come since it was last started.</summary>
    /// <param name="State">Its state.</param>
    /// <param name="IsReady">Whether it was healthy once.</param>
    private readonly record struct Life(string? State, bool IsReady)
    {
        private bool HasEnded => KnownResourceStates.TerminalStates.Contains(State);

        public static Life Of(CustomResourceSnapshot snapshot, Life before)
        {
            var life = before with { State = snapshot.State?.Text };
            return life.State == KnownResourceStates.Running
                ? life with
                {
                    IsReady = before.IsReady || snapshot.HealthStatus == HealthStatus.Healthy,
                }
                : life with
                {
                    IsReady = before.IsReady && life.State != KnownResourceStates.Starting,
                };
        }

        /// <summary>Whether this is its end, neither asked for nor the end of a resource that worked.</summary>
        public bool EndedEarlyAfter(Life before) =>
            HasEnded && !before.HasEnded && !before.IsReady && before.State != KnownResourceStates.Stopping;
    }
}
