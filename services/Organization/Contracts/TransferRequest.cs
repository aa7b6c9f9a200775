namespace RedisFlow.Organization.Contracts;

/// <summary>Where a dealership goes.</summary>
/// <param name="ToCompanyId">The id of the company that receives it.</param>
internal sealed record TransferRequest(long? ToCompanyId);
