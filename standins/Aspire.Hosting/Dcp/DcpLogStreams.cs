using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Copies what processes and containers write to their consoles into the resources' console logs.</summary>
internal sealed partial class DcpLogStreams(DcpClient client, ResourceLoggerService loggers, ILogger<DcpLogStreams> logger)
{
    private static readonly string[] ContainerSources = ["startup_stdout", "startup_stderr", "stdout", "stderr"];
    private static readonly string[] ExecutableSources = ["stdout", "stderr"];

    // Nothing is written before a process runs; a container's start writes itself.
    private static readonly string[] StatesWithoutLogs = ["Starting", "Pending", "Building", "Unknown", ""];

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _streams = new(StringComparer.Ordinal);

    /// <summary>Begins to copy if it has not been begun for this object.</summary>
    public void Start(DcpWorkload workload, string uid, string state, CancellationToken cancellationToken)
    {
        if (StatesWithoutLogs.Contains(state) || _streams.ContainsKey(uid))
        {
            return;
        }

        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!_streams.TryAdd(uid, stop))
        {
            stop.Dispose();
            return;
        }

        foreach (var source in workload.Kinds == DcpKinds.Containers ? ContainerSources : ExecutableSources)
        {
            _ = CopyAsync(workload, source, stop.Token);
        }
    }

    public void Stop(string? uid)
    {
        if (uid is not null && _streams.TryRemove(uid, out var stop))
        {
            // Not at once: what the process wrote last may still be on its way. DCP ends the stream of a deleted object.
            stop.CancelAfter(TimeSpan.FromSeconds(5));
        }
    }

    private async Task CopyAsync(DcpWorkload workload, string source, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = await client.OpenLogAsync(workload.Kinds, workload.Name, source, cancellationToken);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                loggers.AddLogEntries(workload.Name, [Parse(line, isError: source.EndsWith("stderr", StringComparison.Ordinal))]);
            }
        }
        catch (OperationCanceledException)
        {
            // The object is gone, or the application ends.
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            LogFailure(exception, source, workload.Name);
        }
    }

    private static LogEntry Parse(string line, bool isError)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0
            && DateTime.TryParse(
                line.AsSpan(0, space), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var timestamp)
            ? new(timestamp, line[(space + 1)..], isError)
            : new(null, line, isError);
    }

    [LoggerMessage(LogLevel.Debug, "Reading {Source} of {Name} ended.")]
    private partial void LogFailure(Exception exception, string source, string name);
}
