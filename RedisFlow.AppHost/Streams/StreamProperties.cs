using System.Collections.Immutable;
using System.Globalization;
using RedisFlow.Streams;

namespace RedisFlow.AppHost;

/// <summary>What the dashboard shows of the stream: its properties, in a fixed order.</summary>
internal static class StreamProperties
{
    /// <summary>The property of a consumer's resource that says why its group is paused.</summary>
    public const string Paused = "stream.paused";

    private const string Prefix = "stream.";

    /// <summary>Replaces the properties of the stream among others that a resource has.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> Replace(
        ImmutableArray<ResourcePropertySnapshot> properties, IEnumerable<ResourcePropertySnapshot> ofStream) =>
        properties.RemoveAll(property => property.Name.StartsWith(Prefix, StringComparison.Ordinal)).AddRange(ofStream);

    /// <summary>The stream's length and dead letters, and each group's lag, pending, oldest pending age, consumers, and parked messages if it has any.</summary>
    public static IReadOnlyList<ResourcePropertySnapshot> Of(StreamSnapshot stream)
    {
        List<ResourcePropertySnapshot> properties = [];
        Add("length", "Length", Text(stream.Length));
        Add("dead-letters", "Dead letters", Text(stream.DeadLetters));
        foreach (var group in stream.Groups)
        {
            Add($"{group.Name}.lag", $"{group.Name}: lag", group.Lag is { } lag ? Text(lag) : "unknown");
            Add($"{group.Name}.pending", $"{group.Name}: pending", Text(group.Pending));
            Add($"{group.Name}.oldest-pending", $"{group.Name}: oldest pending", group.OldestPendingAge is { } age ? Text(age) : "none");
            Add($"{group.Name}.consumers", $"{group.Name}: consumers", Text(group.Consumers.Count));
            if (group.Parked > 0)
            {
                Add($"{group.Name}.parked", $"{group.Name}: parked", Text(group.Parked));
            }

            if (group.Paused is { } pause)
            {
                Add($"{group.Name}.paused", $"{group.Name}: paused", Text(pause));
            }
        }

        return properties;

        void Add(string name, string displayName, string value) => properties.Add(Highlighted(Prefix + name, displayName, value, properties.Count));
    }

    /// <summary>What a consumer's resource says of its group: whether it is paused.</summary>
    public static IReadOnlyList<ResourcePropertySnapshot> Of(GroupPause? pause) =>
        pause is null ? [] : [Highlighted(Paused, "Paused", Text(pause), 0)];

    private static ResourcePropertySnapshot Highlighted(string name, string displayName, string value, int order) =>
        new(name, value) { DisplayName = displayName, IsHighlighted = true, SortOrder = order };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(GroupPause pause) => $"since {pause.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: {pause.Reason}";

    // Whole seconds: a finer age would be another one each time.
    private static string Text(TimeSpan age) => TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds)).ToString("c", CultureInfo.InvariantCulture);
}
