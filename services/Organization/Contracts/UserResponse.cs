using RedisFlow.Organization.Storage;

namespace RedisFlow.Organization.Contracts;

/// <summary>A user.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Version">1 after the creation; every change of the roles adds one. Also the ETag.</param>
/// <param name="Roles">The roles, in alphabetical order.</param>
internal sealed record UserResponse(long Id, string Name, long Version, IReadOnlyList<string> Roles)
{
    public static UserResponse From(User user) => new(user.Id, user.Name, user.Version, user.Roles);
}
