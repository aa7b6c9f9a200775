using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.ServiceDefaults.Redis;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>Creates, renames and deletes companies.</summary>
internal sealed class CompanyWriter(IRedisConnection redis, OptimisticWriter writer)
{
    /// <summary>Creates a company without dealerships.</summary>
    public async Task<WriteResult<Company>> CreateAsync(EntityName name, CancellationToken cancellationToken)
    {
        // A number that is drawn and not used leaves a gap; nobody needs ids without gaps.
        var id = (long)await redis.Database.ExecuteAsync("INCR", OrganizationKeys.NextCompanyId)
            .WithinRedisTimeout(cancellationToken);
        var company = new Company(id, name.Value, Version: 1, DealershipCount: 0);
        var publication = new Publication(
            new CompanyCreated { CompanyId = id, Name = company.Name },
            Subjects.Company(id),
            $"Company {id} created: {company.Name}") { EntityVersion = company.Version };

        return await writer.WriteAsync(
            _ => Task.FromResult(Change<Company>.To(company, publication)
                .When(Condition.KeyNotExists(OrganizationKeys.Company(id)))
                .Do("HSET", OrganizationKeys.Company(id), CompanyFields.Name, company.Name, CompanyFields.Version, 1, CompanyFields.Dealerships, 0)
                .Do("ZADD", OrganizationKeys.CompaniesById, id, id)
                .Do("ZADD", OrganizationKeys.CompaniesByName, 0, OrganizationKeys.NameEntry(company.Name, id))
                .Do("ZADD", OrganizationKeys.CompaniesByDealerships, 0, OrganizationKeys.SizeEntry(id))),
            cancellationToken);
    }

    /// <summary>Renames a company.</summary>
    public Task<WriteResult<Company>> RenameAsync(
        long id, EntityName name, VersionPrecondition expected, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            async database =>
            {
                if (await database.ReadCompanyAsync(id) is not { } current)
                {
                    return Change<Company>.Rejected(WriteStatus.NotFound);
                }

                if (!expected.Allows(current.Version))
                {
                    return Change<Company>.Rejected(WriteStatus.VersionMismatch);
                }

                var renamed = current with { Name = name.Value, Version = current.Version + 1 };
                var publication = new Publication(
                    new CompanyUpdated { CompanyId = id, Name = renamed.Name },
                    Subjects.Company(id),
                    $"Company {id} updated: {renamed.Name}") { EntityVersion = renamed.Version };

                return Change<Company>.To(renamed, publication)
                    .When(CompanyFields.Unchanged(current))
                    .Do("HSET", OrganizationKeys.Company(id), CompanyFields.Name, renamed.Name, CompanyFields.Version, renamed.Version)
                    .Do("ZREM", OrganizationKeys.CompaniesByName, OrganizationKeys.NameEntry(current.Name, id))
                    .Do("ZADD", OrganizationKeys.CompaniesByName, 0, OrganizationKeys.NameEntry(renamed.Name, id));
            },
            cancellationToken);

    /// <summary>Deletes a company and its dealerships.</summary>
    public Task<WriteResult<Company>> DeleteAsync(long id, VersionPrecondition expected, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            async database =>
            {
                if (await database.ReadCompanyAsync(id) is not { } current)
                {
                    return Change<Company>.Rejected(WriteStatus.NotFound);
                }

                if (!expected.Allows(current.Version))
                {
                    return Change<Company>.Rejected(WriteStatus.VersionMismatch);
                }

                var deleted = current with { Version = current.Version + 1 };
                var publication = new Publication(
                    new CompanyDeleted { CompanyId = id },
                    Subjects.Company(id),
                    $"Company {id} deleted: {current.Name}") { EntityVersion = deleted.Version };

                // These are the dealerships of exactly this version: one more or one less would have moved it.
                var dealerships = await database.ReadDealershipsAsync(id);
                object[] keys =
                [
                    OrganizationKeys.Company(id),
                    OrganizationKeys.DealershipsOf(id),
                    .. dealerships.Select(dealership => (object)OrganizationKeys.OwnerOf(dealership.Id)),
                ];
                return Change<Company>.To(deleted, publication)
                    .When(CompanyFields.Unchanged(current))
                    .Do("DEL", keys)
                    .Do("ZREM", OrganizationKeys.CompaniesById, id)
                    .Do("ZREM", OrganizationKeys.CompaniesByName, OrganizationKeys.NameEntry(current.Name, id))
                    .Do("ZREM", OrganizationKeys.CompaniesByDealerships, OrganizationKeys.SizeEntry(id))
                    .Do("DECRBY", OrganizationKeys.DealershipTotal, dealerships.Count);
            },
            cancellationToken);
}
