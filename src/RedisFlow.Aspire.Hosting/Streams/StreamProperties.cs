using System.Collections.Immutable;
using System.Globalization;
using RedisFlow.Streams;

namespace RedisFlow.Aspire.Hosting;

/// <summary>What the dashboard shows of the stream: its properties, in a fixed order.</summary>
internal static class StreamProperties
{
    /// <summary>The name of the property of a consumer's resource that says why its group is paused.</summary>
    public static string PausedOf(StreamResource stream) => $"{PrefixOf(stream)}paused";

    /// <summary>Replaces the properties of the stream among others that a resource has.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> Replace(
        StreamResource stream,
        ImmutableArray<ResourcePropertySnapshot> properties,
        IEnumerable<ResourcePropertySnapshot> ofStream
    )
    {
        var prefix = PrefixOf(stream);
        return properties
            .RemoveAll(property => property.Name.StartsWith(prefix, StringComparison.Ordinal))
            .AddRange(ofStream);
    }

    /// <summary>
    /// The stream's length and dead letters, and each group's lag, pending, oldest pending age, consumers, and parked
    /// messages if it has any.
    /// </summary>
    public static IReadOnlyList<ResourcePropertySnapshot> Of(StreamResource stream, StreamSnapshot snapshot)
    {
        List<ResourcePropertySnapshot> properties = [];
        Add("length", "Length", Text(snapshot.Length));
        Add("dead-letters", "Dead letters", Text(snapshot.DeadLetters));
        foreach (var group in snapshot.Groups)
        {
            AddOf(group, "lag", group.Lag is { } lag ? Text(lag) : "unknown");
            AddOf(group, "pending", Text(group.Pending));
            Add(
                $"{group.Name}.oldest-pending",
                $"{group.Name}: oldest pending",
                group.OldestPendingAge is { } age ? Text(age) : "none"
            );
            AddOf(group, "consumers", Text(group.Consumers.Count));
            if (group.Parked > 0)
            {
                AddOf(group, "parked", Text(group.Parked));
            }

            if (group.Paused is { } pause)
            {
                AddOf(group, "paused", Text(pause));
            }
        }

        return properties;

        void AddOf(GroupSnapshot group, string name, string value) =>
            Add($"{group.Name}.{name}", $"{group.Name}: {name}", value);

        void Add(string name, string displayName, string value) =>
            properties.Add(Highlighted(PrefixOf(stream) + name, displayName, value, properties.Count));
    }

    /// <summary>What a consumer's resource says of its group: whether it is paused.</summary>
    public static IReadOnlyList<ResourcePropertySnapshot> Of(StreamResource stream, GroupPause? pause) =>
        pause is null ? [] : [Highlighted(PausedOf(stream), "Paused", Text(pause), 0)];

    // Aspire's own properties begin with "project.", "container.", "resource." and others, any of which may be a
    // stream's name.
    private static string PrefixOf(StreamResource stream) => $"redisflow.{stream.Name}.";

    private static ResourcePropertySnapshot Highlighted(string name, string displayName, string value, int order) =>
        new(name, value)
        {
            DisplayName = displayName,
            IsHighlighted = true,
            SortOrder = order,
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(GroupPause pause) =>
        $"since {pause.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: {pause.Reason}";

    // Whole seconds: a finer age would be another one each time.
    private static string Text(TimeSpan age) =>
        TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds)).ToString("c", CultureInfo.InvariantCulture);
}
