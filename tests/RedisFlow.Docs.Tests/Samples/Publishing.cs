using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>The ways to publish a message.</summary>
internal sealed class Publishing(IStreamPublisher publisher)
{
    public async Task<MessagePosition> OneAsync(long id, long companyId, CancellationToken cancellationToken)
    {
        #region docs: publish
        var position = await publisher.PublishAsync(
            new Publication(
                new DealershipClosed { DealershipId = id, CompanyId = companyId },
                Subjects.Company(companyId),
                $"Dealership {id} was closed."
            ),
            cancellationToken
        );
        #endregion
        return position;
    }

    public async Task<MessagePosition?> TransactionAsync(IDatabase database, long id, long companyId)
    {
        #region docs: transaction
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.KeyExists($"dealership:{id}"));
        _ = transaction.KeyDeleteAsync($"dealership:{id}");
        var published = publisher.EnlistAsync(
            transaction,
            new Publication(
                new DealershipClosed { DealershipId = id, CompanyId = companyId },
                Subjects.Company(companyId),
                $"Dealership {id} was closed."
            )
        );
        if (!await transaction.ExecuteAsync())
        {
            return null; // Neither the change nor the message.
        }

        return await published;
        #endregion
    }

    public async Task<IReadOnlyList<MessagePosition>> ManyAsync(
        long[] ids,
        long companyId,
        CancellationToken cancellationToken
    )
    {
        #region docs: batch
        var positions = await publisher.PublishAsync(
            [
                .. ids.Select(id => new Publication(
                    new DealershipClosed { DealershipId = id, CompanyId = companyId },
                    Subjects.Company(companyId),
                    $"Dealership {id} was closed."
                )),
            ],
            cancellationToken
        );
        #endregion
        return positions;
    }

    public async Task<(MessagePosition First, MessagePosition Again)> OnceAsync(
        long id,
        long companyId,
        CancellationToken cancellationToken
    )
    {
        #region docs: once
        var closed = new Publication(
            new DealershipClosed { DealershipId = id, CompanyId = companyId },
            Subjects.Company(companyId),
            $"Dealership {id} was closed."
        )
        {
            MessageId = $"dealership-{id}/closed",
        };
        var first = await publisher.PublishAsync(closed, cancellationToken);
        var again = await publisher.PublishAsync(closed, cancellationToken); // Adds nothing; again == first.
        #endregion
        return (first, again);
    }

    public async Task<string> LaterAsync(Publication reminder, CancellationToken cancellationToken)
    {
        #region docs: later
        var messageId = await publisher.PublishAtAsync(reminder, DateTimeOffset.UtcNow.AddDays(7), cancellationToken);
        #endregion
        return messageId;
    }

    public async Task<bool> CancelAsync(string messageId, CancellationToken cancellationToken)
    {
        #region docs: cancel
        var wasWaiting = await publisher.CancelAsync(messageId, cancellationToken);
        #endregion
        return wasWaiting;
    }

    public static async Task<MessagePosition?> DurableAsync(
        IDurableStreamPublisher durable,
        Publication closed,
        CancellationToken cancellationToken
    )
    {
        #region docs: durable
        try
        {
            return await durable.PublishAsync(closed, cancellationToken); // With a MessageId: repeating it is safe.
        }
        catch (StreamDurabilityException)
        {
            // It is on the primary alone: handled, unless a failover loses it. Publish it again.
            return null;
        }
        #endregion
    }

    public static async Task ToSecondStreamAsync(
        IServiceProvider services,
        Publication publication,
        CancellationToken cancellationToken
    )
    {
        #region docs: second-publisher
        var letters = services.GetRequiredKeyedService<IStreamPublisher>("letters");
        await letters.PublishAsync(publication, cancellationToken);
        #endregion
    }
}
