using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>Reads users and replaces their roles.</summary>
internal sealed class UserStore(IConnectionMultiplexer redis, OptimisticWriter writer)
{
    private const string Name = "name";
    private const string Version = "version";
    private const string RoleList = "roles";

    private static readonly RedisValue[] Fields = [Name, Version, RoleList];

    /// <summary>One user; <c>null</c> if it does not exist.</summary>
    public Task<User?> FindAsync(long id, CancellationToken cancellationToken) =>
        ReadAsync(redis.GetDatabase(), id).WaitAsync(cancellationToken);

    /// <summary>Gives the user exactly these roles.</summary>
    public Task<WriteResult<User>> ReplaceRolesAsync(
        long id,
        IReadOnlyCollection<string> roles,
        VersionPrecondition expected,
        CancellationToken cancellationToken
    ) =>
        writer.WriteAsync(
            async database =>
            {
                if (await ReadAsync(database, id) is not { } current)
                {
                    return Change<User>.Rejected(WriteStatus.NotFound);
                }

                if (!expected.Allows(current.Version))
                {
                    return Change<User>.Rejected(WriteStatus.VersionMismatch);
                }

                var changed = current with { Version = current.Version + 1, Roles = Normalize(roles) };
                var publication = new Publication(
                    new UserRolesChanged { UserId = id, Roles = { changed.Roles } },
                    Subjects.User(id),
                    $"User {id} has the roles: {string.Join(", ", changed.Roles)}"
                )
                {
                    EntityVersion = changed.Version,
                };

                return Change<User>
                    .To(changed, publication)
                    .When(Condition.HashEqual(OrganizationKeys.User(id), Version, current.Version))
                    .Do(transaction =>
                        transaction.HashSetAsync(
                            OrganizationKeys.User(id),
                            [new(Version, changed.Version), new(RoleList, string.Join(',', changed.Roles))]
                        )
                    );
            },
            cancellationToken
        );

    /// <summary>
    /// Stores a user unless there is one with this id. No cache can have a user that did not exist, so there is no
    /// message.
    /// </summary>
    /// <returns>Whether the user was stored.</returns>
    public async Task<bool> AddIfAbsentAsync(
        long id,
        string name,
        IReadOnlyCollection<string> roles,
        CancellationToken cancellationToken
    )
    {
        var transaction = redis.GetDatabase().CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(OrganizationKeys.User(id)));
        var stored = transaction.HashSetAsync(
            OrganizationKeys.User(id),
            [new(Name, name), new(Version, 1), new(RoleList, string.Join(',', Normalize(roles)))]
        );
        if (!await transaction.ExecuteAsync().WaitAsync(cancellationToken))
        {
            return false;
        }

        await stored;
        return true;
    }

    private static async Task<User?> ReadAsync(IDatabase database, long id)
    {
        var values = await database.HashGetAsync(OrganizationKeys.User(id), Fields, CommandFlags.DemandMaster);
        return values[0].IsNull
            ? null
            : new User(
                id,
                values[0]!,
                (long)values[1],
                ((string)values[2]!).Split(',', StringSplitOptions.RemoveEmptyEntries)
            );
    }

    private static string[] Normalize(IEnumerable<string> roles) => [.. roles.Distinct().Order(StringComparer.Ordinal)];
}
