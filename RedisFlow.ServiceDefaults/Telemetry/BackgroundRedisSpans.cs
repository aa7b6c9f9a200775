using System.Diagnostics;
using OpenTelemetry;

namespace RedisFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Drops the spans of Redis commands that belong to no trace: the stream engine alone sends several a second in the
/// background, and each would be a trace of its own. Commands of a request or of a message keep their spans.
/// Aspire's Redis client keeps its instrumentation's options to itself, so a processor filters.
/// </summary>
internal sealed class BackgroundRedisSpans : BaseProcessor<Activity>
{
    private const string Source = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    public override void OnStart(Activity data)
    {
        // The instrumentation starts spans later, on a thread of its own, and passes the context of the command's span.
        // A parent object comes from that thread instead: it is the request that was the first to use the connection.
        if (data.Source.Name == Source && (data.ParentSpanId == default || data.Parent is not null))
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
