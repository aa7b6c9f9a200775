namespace RedisFlow.Services.OrganizationApi;

/// <summary>Organization answered that there is no such entity.</summary>
public sealed class OrganizationNotFoundException(string path) : Exception($"Organization has nothing at {path}.");
