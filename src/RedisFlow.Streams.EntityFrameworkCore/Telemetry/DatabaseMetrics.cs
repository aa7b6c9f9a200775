using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RedisFlow.Streams.EntityFrameworkCore.Telemetry;

/// <summary>The instruments of outbox and inbox, which all contexts share.</summary>
internal sealed class DatabaseMetrics
{
    /// <summary>Published by the process that committed them.</summary>
    public const string Immediate = "immediate";

    /// <summary>Published by the relay.</summary>
    public const string Relay = "relay";

    private const string ContextKey = "redisflow.db.context";
    private const string PublisherKey = "redisflow.outbox.publisher";
    private const string GroupKey = "messaging.consumer.group.name";

    private readonly ConcurrentDictionary<string, PendingEvents> _pending = [];
    private readonly Counter<long> _published;
    private readonly Counter<long> _deferred;
    private readonly Counter<long> _handled;
    private readonly Counter<long> _duplicates;

    public DatabaseMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(StreamDatabaseExtensions.MeterName);
        _published = meter.CreateCounter<long>("redisflow.outbox.published", "{event}", "Events that were published.");
        _deferred = meter.CreateCounter<long>(
            "redisflow.outbox.deferred",
            "{event}",
            "Events that were left to the relay."
        );
        _handled = meter.CreateCounter<long>(
            "redisflow.inbox.handled",
            "{message}",
            "Messages whose effects were committed."
        );
        _duplicates = meter.CreateCounter<long>(
            "redisflow.inbox.duplicates",
            "{message}",
            "Messages that came again and had no effect."
        );
        meter.CreateObservableGauge(
            "redisflow.outbox.pending",
            () => Measure(pending => pending.Count),
            "{event}",
            "Events that are committed and not published, as the relay saw them last."
        );
        meter.CreateObservableGauge(
            "redisflow.outbox.pending.age",
            () => Measure(pending => pending.Age.TotalSeconds),
            "s",
            "Age of the oldest of them."
        );
    }

    public void Published(Type context, int count, string publisher) =>
        _published.Add(count, new(ContextKey, context.Name), new(PublisherKey, publisher));

    public void Deferred(Type context, int count) =>
        _deferred.Add(count, new KeyValuePair<string, object?>(ContextKey, context.Name));

    public void Handled(Type context, string group) =>
        _handled.Add(1, new(ContextKey, context.Name), new(GroupKey, group));

    public void Duplicate(Type context, string group) =>
        _duplicates.Add(1, new(ContextKey, context.Name), new(GroupKey, group));

    /// <summary>What the relay of a context found; <c>null</c> if this instance does not relay.</summary>
    public void Pending(Type context, PendingEvents? pending)
    {
        if (pending is null)
        {
            _pending.TryRemove(context.Name, out _);
        }
        else
        {
            _pending[context.Name] = pending;
        }
    }

    private IEnumerable<Measurement<T>> Measure<T>(Func<PendingEvents, T> value)
        where T : struct =>
        _pending.Select(context => new Measurement<T>(
            value(context.Value),
            new KeyValuePair<string, object?>(ContextKey, context.Key)
        ));
}

/// <summary>Events that are not published yet.</summary>
/// <param name="Count">How many.</param>
/// <param name="Age">How old the oldest is; zero without any.</param>
internal sealed record PendingEvents(long Count, TimeSpan Age);
