using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// Reads, creates and transfers dealerships. They are part of their company's aggregate: its version guards them.
/// </summary>
internal sealed class DealershipStore(IConnectionMultiplexer redis, OptimisticWriter writer)
{
    /// <summary>The dealerships of a company, in id order; <c>null</c> if there is no such company.</summary>
    public async Task<IReadOnlyList<Dealership>?> ListAsync(long companyId, CancellationToken cancellationToken)
    {
        // Not in MULTI, in which a full server refuses reads as well. In this order no list is returned that the
        // company never had: whether it exists is read last.
        var database = redis.GetDatabase();
        var dealerships = database.ReadDealershipsAsync(companyId);
        var company = database.ReadCompanyAsync(companyId);
        await Task.WhenAll(dealerships, company).WaitAsync(cancellationToken);
        return await company is null ? null : await dealerships;
    }

    /// <summary>Adds a dealership to a company.</summary>
    public async Task<WriteResult<Dealership>> CreateAsync(
        long companyId,
        EntityName name,
        CancellationToken cancellationToken
    )
    {
        var id = await redis
            .GetDatabase()
            .StringIncrementAsync(OrganizationKeys.NextDealershipId)
            .WaitAsync(cancellationToken);
        return await writer.WriteAsync(
            async database =>
            {
                if (await database.ReadCompanyAsync(companyId) is not { } company)
                {
                    return Change<Dealership>.Rejected(WriteStatus.NotFound);
                }

                if (company.DealershipCount >= CompanyLimits.MaxDealerships)
                {
                    return Change<Dealership>.Rejected(WriteStatus.TooManyDealerships);
                }

                var publication = new Publication(
                    new DealershipCreated
                    {
                        DealershipId = id,
                        CompanyId = companyId,
                        Name = name.Value,
                    },
                    Subjects.Company(companyId),
                    $"Dealership {id} created at company {companyId}: {name}"
                )
                {
                    EntityVersion = company.Version + 1,
                };

                return Change<Dealership>
                    .To(new Dealership(id, companyId, name.Value), publication)
                    .When(CompanyFields.Unchanged(company))
                    .When(Condition.KeyNotExists(OrganizationKeys.OwnerOf(id)))
                    .Do(transaction => transaction.StringSetAsync(OrganizationKeys.OwnerOf(id), companyId))
                    .Do(transaction => transaction.StringIncrementAsync(OrganizationKeys.DealershipTotal))
                    .Adding(id, name.Value, company);
            },
            cancellationToken
        );
    }

    /// <summary>Moves a dealership to another company. Both companies' versions move.</summary>
    public Task<WriteResult<Dealership>> TransferAsync(
        long id,
        long toCompanyId,
        CancellationToken cancellationToken
    ) =>
        writer.WriteAsync(
            async database =>
            {
                var owner = await database.StringGetAsync(OrganizationKeys.OwnerOf(id), CommandFlags.DemandMaster);
                if (owner.IsNull)
                {
                    return Change<Dealership>.Rejected(WriteStatus.NotFound);
                }

                if ((long)owner == toCompanyId)
                {
                    return Change<Dealership>.Rejected(WriteStatus.AlreadyThere);
                }

                var from = await database.ReadCompanyAsync((long)owner);
                var name = await database.HashGetAsync(
                    OrganizationKeys.DealershipsOf((long)owner),
                    id,
                    CommandFlags.DemandMaster
                );
                if (from is null || name.IsNull)
                {
                    // It was transferred or deleted between the reads.
                    return Change<Dealership>.Stale();
                }

                if (await database.ReadCompanyAsync(toCompanyId) is not { } to)
                {
                    return Change<Dealership>.Rejected(WriteStatus.TargetNotFound);
                }

                if (to.DealershipCount >= CompanyLimits.MaxDealerships)
                {
                    return Change<Dealership>.Rejected(WriteStatus.TooManyDealerships);
                }

                // The subject is the company that gives the dealership up, see Subjects.
                var publication = new Publication(
                    new DealershipTransferred
                    {
                        DealershipId = id,
                        FromCompanyId = from.Id,
                        ToCompanyId = to.Id,
                    },
                    Subjects.Company(from.Id),
                    $"Dealership {id} transferred from company {from.Id} to {to.Id}"
                )
                {
                    EntityVersion = from.Version + 1,
                };

                return Change<Dealership>
                    .To(new Dealership(id, to.Id, name!), publication)
                    .When(CompanyFields.Unchanged(from))
                    .When(CompanyFields.Unchanged(to))
                    .When(Condition.StringEqual(OrganizationKeys.OwnerOf(id), owner))
                    .Do(transaction => transaction.StringSetAsync(OrganizationKeys.OwnerOf(id), to.Id))
                    .Removing(id, from)
                    .Adding(id, name!, to);
            },
            cancellationToken
        );
}
