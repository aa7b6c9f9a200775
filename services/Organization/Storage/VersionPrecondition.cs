namespace RedisFlow.Organization.Storage;

/// <summary>Which versions of an entity a write may start from: what the caller's <c>If-Match</c> said.</summary>
/// <param name="Versions">The allowed versions; <c>null</c>: any.</param>
internal readonly record struct VersionPrecondition(IReadOnlyList<long>? Versions)
{
    /// <summary>Every version.</summary>
    public static VersionPrecondition Any => default;

    /// <summary>Whether a write may start from <paramref name="version"/>.</summary>
    public bool Allows(long version) => Versions is null || Versions.Contains(version);
}
