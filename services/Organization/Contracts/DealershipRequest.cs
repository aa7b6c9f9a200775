namespace RedisFlow.Organization.Contracts;

/// <summary>A dealership as a caller gives it.</summary>
/// <param name="Name">1 to 200 characters without control characters; leading and trailing white space is
/// removed.</param>
internal sealed record DealershipRequest(string? Name);
