namespace RedisFlow.Organization.Storage;

/// <summary>A company as it is stored.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Version">1 after the creation; every change of the company or its dealerships adds one.</param>
/// <param name="DealershipCount">How many dealerships it has.</param>
internal sealed record Company(long Id, string Name, long Version, int DealershipCount);
