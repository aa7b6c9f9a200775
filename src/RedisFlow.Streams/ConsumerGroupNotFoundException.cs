namespace RedisFlow.Streams;

/// <summary>An operation names a consumer group that the stream does not have.</summary>
public sealed class ConsumerGroupNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="stream">The stream's state, which lacks the group.</param>
    /// <param name="group">The group that the operation names.</param>
    public ConsumerGroupNotFoundException(StreamSnapshot stream, string group)
        : base(Describe(stream, group))
    {
        Stream = stream.Stream;
        Group = group;
        KnownGroups = [.. stream.Groups.Select(known => known.Name)];
    }

    /// <summary>Gets the stream's name.</summary>
    public string Stream { get; }

    /// <summary>Gets the group that the operation names.</summary>
    public string Group { get; }

    /// <summary>Gets the groups that exist or are declared.</summary>
    public IReadOnlyList<string> KnownGroups { get; }

    /// <summary>
    /// Gets whether the group is declared: it is created when an application that declares it starts.
    /// </summary>
    public bool IsDeclared => KnownGroups.Contains(Group);

    private static string Describe(StreamSnapshot stream, string group)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var existing = stream.Groups.Where(known => known.Exists).Select(known => known.Name).ToArray();
        var hint =
            existing.Length == 0
                ? "it has none yet; groups are created when an application that declares them (Streams:Groups) starts"
                : $"it has: {string.Join(", ", existing)}";
        return $"The stream {stream.Stream} has no group '{group}'; {hint}.";
    }
}
