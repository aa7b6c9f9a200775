namespace RedisFlow.Organization.Contracts;

/// <summary>The roles that a user shall have.</summary>
/// <param name="Roles">Any of admin, billing.read and viewer; an empty list takes all roles away.</param>
internal sealed record RolesRequest(IReadOnlyList<string?>? Roles);
