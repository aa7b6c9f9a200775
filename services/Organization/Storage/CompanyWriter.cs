using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>Creates, renames and deletes companies.</summary>
internal sealed class CompanyWriter(IConnectionMultiplexer redis, OptimisticWriter writer)
{
    /// <summary>Creates a company without dealerships.</summary>
    public async Task<WriteResult<Company>> CreateAsync(EntityName name, CancellationToken cancellationToken)
    {
        // A number that is drawn and not used leaves a gap; ids need not be without gaps.
        var id = await redis
            .GetDatabase()
            .StringIncrementAsync(OrganizationKeys.NextCompanyId)
            .WaitAsync(cancellationToken);
        var company = new Company(id, name.Value, Version: 1, DealershipCount: 0);
        var publication = new Publication(
            new CompanyCreated { CompanyId = id, Name = company.Name },
            Subjects.Company(id),
            $"Company {id} created: {company.Name}"
        )
        {
            EntityVersion = company.Version,
        };

        return await writer.WriteAsync(
            _ =>
                Task.FromResult(
                    Change<Company>
                        .To(company, publication)
                        .When(Condition.KeyNotExists(OrganizationKeys.Company(id)))
                        .Do(transaction =>
                            transaction.HashSetAsync(
                                OrganizationKeys.Company(id),
                                [
                                    new(CompanyFields.Name, company.Name),
                                    new(CompanyFields.Version, 1),
                                    new(CompanyFields.Dealerships, 0),
                                ]
                            )
                        )
                        .Do(transaction => transaction.SortedSetAddAsync(OrganizationKeys.CompaniesById, id, id))
                        .Do(transaction =>
                            transaction.SortedSetAddAsync(
                                OrganizationKeys.CompaniesByName,
                                OrganizationKeys.NameEntry(company.Name, id),
                                0
                            )
                        )
                        .Do(transaction =>
                            transaction.SortedSetAddAsync(
                                OrganizationKeys.CompaniesByDealerships,
                                OrganizationKeys.SizeEntry(id),
                                0
                            )
                        )
                ),
            cancellationToken
        );
    }

    /// <summary>Renames a company.</summary>
    public Task<WriteResult<Company>> RenameAsync(
        long id,
        EntityName name,
        VersionPrecondition expected,
        CancellationToken cancellationToken
    ) =>
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
                    $"Company {id} updated: {renamed.Name}"
                )
                {
                    EntityVersion = renamed.Version,
                };

                return Change<Company>
                    .To(renamed, publication)
                    .When(CompanyFields.Unchanged(current))
                    .Do(transaction =>
                        transaction.HashSetAsync(
                            OrganizationKeys.Company(id),
                            [new(CompanyFields.Name, renamed.Name), new(CompanyFields.Version, renamed.Version)]
                        )
                    )
                    .Do(transaction =>
                        transaction.SortedSetRemoveAsync(
                            OrganizationKeys.CompaniesByName,
                            OrganizationKeys.NameEntry(current.Name, id)
                        )
                    )
                    .Do(transaction =>
                        transaction.SortedSetAddAsync(
                            OrganizationKeys.CompaniesByName,
                            OrganizationKeys.NameEntry(renamed.Name, id),
                            0
                        )
                    );
            },
            cancellationToken
        );

    /// <summary>Deletes a company and its dealerships.</summary>
    public Task<WriteResult<Company>> DeleteAsync(
        long id,
        VersionPrecondition expected,
        CancellationToken cancellationToken
    ) =>
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
                    $"Company {id} deleted: {current.Name}"
                )
                {
                    EntityVersion = deleted.Version,
                };

                // These are the dealerships of exactly this version: one more or one less would have moved it.
                var dealerships = await database.ReadDealershipsAsync(id);
                RedisKey[] keys =
                [
                    OrganizationKeys.Company(id),
                    OrganizationKeys.DealershipsOf(id),
                    .. dealerships.Select(dealership => OrganizationKeys.OwnerOf(dealership.Id)),
                ];
                return Change<Company>
                    .To(deleted, publication)
                    .When(CompanyFields.Unchanged(current))
                    .Do(transaction => transaction.KeyDeleteAsync(keys))
                    .Do(transaction => transaction.SortedSetRemoveAsync(OrganizationKeys.CompaniesById, id))
                    .Do(transaction =>
                        transaction.SortedSetRemoveAsync(
                            OrganizationKeys.CompaniesByName,
                            OrganizationKeys.NameEntry(current.Name, id)
                        )
                    )
                    .Do(transaction =>
                        transaction.SortedSetRemoveAsync(
                            OrganizationKeys.CompaniesByDealerships,
                            OrganizationKeys.SizeEntry(id)
                        )
                    )
                    .Do(transaction =>
                        transaction.StringDecrementAsync(OrganizationKeys.DealershipTotal, dealerships.Count)
                    );
            },
            cancellationToken
        );
}
