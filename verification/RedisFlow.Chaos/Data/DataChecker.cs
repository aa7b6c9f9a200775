using System.Globalization;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Data;

/// <summary>All that a run left behind.</summary>
/// <param name="Items">The rows of the source.</param>
/// <param name="Copies">Their copies.</param>
/// <param name="Entries">The stream.</param>
/// <param name="Tracked">Position by message id, as the outbox has it; <c>null</c> where it is not published.</param>
/// <param name="Effects">How often the effects of each message were committed.</param>
/// <param name="Receipts">Position by message id, as writers were told.</param>
internal sealed record DataFacts(
    IReadOnlyList<Item> Items,
    IReadOnlyList<Copy> Copies,
    IReadOnlyList<(MessagePosition Position, StreamMessage Message)> Entries,
    IReadOnlyDictionary<string, MessagePosition?> Tracked,
    IReadOnlyDictionary<string, int> Effects,
    IReadOnlyDictionary<string, MessagePosition> Receipts
);

/// <summary>Judges what a run left behind when all is quiet.</summary>
internal static class DataChecker
{
    /// <summary>What is wrong; empty if nothing is.</summary>
    public static IEnumerable<string> Problems(DataFacts facts, bool hasOutbox) =>
        [
            .. Published(facts),
            .. hasOutbox ? Tracked(facts) : [],
            .. Receipts(facts),
            .. Effects(facts),
            .. Copies(facts),
        ];

    /// <summary>Each version of each row is in the stream once, in the order of the versions.</summary>
    private static IEnumerable<string> Published(DataFacts facts)
    {
        var bySubject = facts.Entries.ToLookup(
            entry => entry.Message.Subject,
            entry => entry.Message.EntityVersion,
            StringComparer.Ordinal
        );
        foreach (var item in facts.Items)
        {
            var versions = bySubject[$"item/{item.Id}"].ToList();
            var expected = Enumerable.Range(1, (int)item.Version).Select(version => (long)version).ToList();
            if (expected.Except(versions).ToList() is { Count: > 0 } lost)
            {
                yield return Text($"item {item.Id}: {lost.Count} of {item.Version} versions were never published");
            }
            else if (versions.Count != versions.Distinct().Count())
            {
                yield return Text($"item {item.Id}: versions were published more than once");
            }
            else if (!versions.SequenceEqual(expected))
            {
                yield return Text($"item {item.Id}: versions were published out of order, or were never committed");
            }
        }
    }

    /// <summary>The outbox has every event with its position, and nothing else is in the stream.</summary>
    private static IEnumerable<string> Tracked(DataFacts facts)
    {
        var byId = facts.Entries.GroupBy(entry => entry.Message.MessageId, entry => entry.Position).ToList();
        var positions = byId.ToDictionary(entries => entries.Key, entries => entries.First());
        if (byId.Count(entries => entries.Count() > 1) is > 0 and var doubled)
        {
            yield return Text($"{doubled} messages are in the stream more than once");
        }

        var wrong = facts.Tracked.Count(tracked =>
            tracked.Value is null || positions.GetValueOrDefault(tracked.Key) != tracked.Value
        );
        if (wrong > 0)
        {
            yield return Text($"{wrong} of {facts.Tracked.Count} events do not have their position in the outbox");
        }

        var unknown = positions.Keys.Count(id => !facts.Tracked.ContainsKey(id));
        if (unknown > 0)
        {
            yield return Text($"{unknown} messages are in the stream whose change was not committed");
        }
    }

    /// <summary>What writers were told is so.</summary>
    private static IEnumerable<string> Receipts(DataFacts facts)
    {
        var wrong = facts.Receipts.Count(receipt => facts.Tracked.GetValueOrDefault(receipt.Key) != receipt.Value);
        if (wrong > 0)
        {
            yield return Text($"{wrong} receipts name another position than the message has");
        }
    }

    /// <summary>The effects of each message were committed once.</summary>
    private static IEnumerable<string> Effects(DataFacts facts)
    {
        var ids = facts.Entries.Select(entry => entry.Message.MessageId).ToHashSet();
        var missing = ids.Count(id => !facts.Effects.ContainsKey(id));
        if (missing > 0)
        {
            yield return Text($"{missing} of {ids.Count} messages had no effect");
        }

        var doubled = facts.Effects.Count(effect => effect.Value > 1);
        if (doubled > 0)
        {
            yield return Text($"{doubled} of {ids.Count} messages had their effects more than once");
        }
    }

    /// <summary>Each copy is its row.</summary>
    private static IEnumerable<string> Copies(DataFacts facts)
    {
        var copies = facts.Copies.ToDictionary(copy => copy.Id, copy => (copy.Value, copy.Version));
        var different = facts.Items.Count(item =>
            item.Version > 0 && copies.GetValueOrDefault(item.Id) != (item.Value, item.Version)
        );
        if (different > 0)
        {
            yield return Text($"{different} of {facts.Items.Count} copies differ from their rows");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
