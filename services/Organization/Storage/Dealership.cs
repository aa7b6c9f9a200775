namespace RedisFlow.Organization.Storage;

/// <summary>A dealership as it is stored.</summary>
internal sealed record Dealership(long Id, long CompanyId, string Name);
