namespace RedisFlow.Organization.Storage;

/// <summary>A user as it is stored.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Version">1 after the creation; every change of the roles adds one.</param>
/// <param name="Roles">The roles, in ordinal order.</param>
internal sealed record User(long Id, string Name, long Version, IReadOnlyList<string> Roles);
