using System.Globalization;
using RedisFlow.Analytics.Contracts;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Domain;
using RedisFlow.Services.Http;

namespace RedisFlow.Analytics.Activity;

/// <summary>Checks batches of events as they are sent.</summary>
internal static class ActivityChecks
{
    /// <summary>The most wrong events that are explained one by one.</summary>
    private const int Explained = 10;

    /// <summary>Checks a batch.</summary>
    /// <param name="errors">Gets what is wrong; an event by its index, e.g. <c>events[3].companyId</c>.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="now">The time, for events that bring none.</param>
    /// <returns>The batch; <c>null</c> if something is wrong.</returns>
    public static ActivityBatch? Batch(this RequestErrors errors, ActivityBatchRequest request, DateTimeOffset now)
    {
        if (request.BatchId is { } id && (id.Length is 0 or > ActivityLimits.BatchIdLength || !id.All(IsVisible)))
        {
            errors.Add(
                "batchId",
                $"Give 1 to {ActivityLimits.BatchIdLength} visible ASCII characters, or leave it out."
            );
        }

        if (request.Events is not { Count: >= 1 and <= ActivityLimits.BatchEvents } sent)
        {
            errors.Add(
                "events",
                Invariant($"Give 1 to {ActivityLimits.BatchEvents} events; these are {request.Events?.Count ?? 0}.")
            );
            return null;
        }

        var events = new List<ActivityEvent>(sent.Count);
        var wrong = 0;
        for (var i = 0; i < sent.Count; i++)
        {
            if (Read(sent[i], now) is { } right)
            {
                events.Add(right);
            }
            else if (++wrong <= Explained)
            {
                Explain(errors, Invariant($"events[{i}]"), sent[i], now);
            }
        }

        if (wrong > Explained)
        {
            errors.Add("events", Invariant($"{wrong} of them are wrong; the first {Explained} are explained."));
        }

        return errors.Any ? null : new ActivityBatch(request.BatchId, ActivityBatch.DigestOf(sent), events);
    }

    private static ActivityEvent? Read(ActivityEventRequest? sent, DateTimeOffset now) =>
        sent is { CompanyId: { } company, Kind: { } kind }
        && EntityId.IsValid(company)
        && ActivityKinds.IsKnown(kind)
        && IsCount(sent.Count)
        && IsTime(sent.OccurredAt, now)
            ? new ActivityEvent(
                company,
                kind,
                sent.Count ?? 1,
                DateOnly.FromDateTime((sent.OccurredAt ?? now).UtcDateTime)
            )
            : null;

    private static void Explain(RequestErrors errors, string field, ActivityEventRequest? sent, DateTimeOffset now)
    {
        if (sent is null)
        {
            errors.Required(field, sent);
            return;
        }

        errors.Id($"{field}.companyId", sent.CompanyId);
        if (!ActivityKinds.IsKnown(sent.Kind))
        {
            errors.Add($"{field}.kind", $"Give one of {string.Join(", ", ActivityKinds.All)}.");
        }

        if (!IsCount(sent.Count))
        {
            errors.InRange($"{field}.count", sent.Count, 1, ActivityLimits.EventCount, otherwise: 1);
        }

        if (!IsTime(sent.OccurredAt, now))
        {
            errors.Add(
                $"{field}.occurredAt",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Give a time of the last {ActivityLimits.OldestEvent.TotalDays} days, e.g. "
                        + $"{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}."
                )
            );
        }
    }

    private static bool IsVisible(char character) => character is > ' ' and <= '~';

    private static bool IsCount(long? count) => count is null or >= 1 and <= ActivityLimits.EventCount;

    private static bool IsTime(DateTimeOffset? at, DateTimeOffset now) =>
        at is null || at >= now - ActivityLimits.OldestEvent && at <= now + ActivityLimits.ClockDifference;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
