using System.Net;
using Aspire.Hosting.ApplicationModel;
using RedisFlow.Domain;
using RedisFlow.Streams;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// The whole system on an external cluster. A reader that demands the position of a change with
/// <c>RedisFlow-Min-Position</c> gets the change or a 503, also while a replica takes the place of a master.
/// </summary>
[Collection(ClusteredSystem.Name)]
public sealed class ClusterTests(ClusteredApplication application)
{
    /// <summary>The nodes call a master dead after 5 s. The client by itself looks once a minute.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static StreamKeys Keys { get; } = new(StreamNames.CacheInvalidation);

    private IReadOnlyList<CompanyReader> Readers => field ??= CompanyReader.All(application);

    [Fact]
    public async Task Should_ServeAChangeFromEveryServiceAtItsPosition()
    {
        var id = await CreateCachedAsync("Spread Motors");

        for (var i = 1; i <= 20; i++)
        {
            var renamed = await application.Organization.RenameCompanyAsync(id, $"Spread Motors {i}");
            var answers = await Task.WhenAll(Readers.Select(reader => reader.ReadAsync(id, renamed)));
            Assert.All(
                answers,
                answer => Assert.Equal((HttpStatusCode.OK, $"Spread Motors {i}"), (answer.Status, answer.Name))
            );
        }

        var deleted = await application.Organization.DeleteCompanyAsync(id);
        foreach (var reader in Readers)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await reader.ReadAsync(id, deleted)).Status);
        }

        await SettledEverywhereAsync(deleted);
        await UntilStreamIsHealthyAsync();
    }

    [Fact]
    public async Task Should_ServeNothingStaleAndGoOn_When_TheMasterOfTheStreamIsKilled()
    {
        var id = await CreateCachedAsync("Enduring Motors");
        var before = await application.Organization.RenameCompanyAsync(id, "Enduring Motors 1");
        var owner = await application.Cluster.OwnerOfAsync(Keys.Stream, Cancellation);
        var replica = await application.Cluster.ReplicaOfAsync(owner, Cancellation);
        await owner.UntilReplicatedAsync(replica, Cancellation);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        string[] names = ["Enduring Motors 1", "Enduring Motors 2"];
        var watches = Readers.Select(reader => WatchAsync(reader, id, before, names, end.Token)).ToArray();
        MessagePosition after;
        try
        {
            await owner.KillAsync();
            after = await UntilRenamedAsync(id, "Enduring Motors 2");
            await application.Cluster.UntilPromotedAsync(replica, Cancellation);
            foreach (var reader in Readers)
            {
                var answer = await Deadline.UntilAsync(
                    () => reader.ReadAsync(id, after),
                    answer => answer.Status == HttpStatusCode.OK,
                    $"{reader} answers at the position of the last change",
                    Seconds
                );
                Assert.Equal("Enduring Motors 2", answer.Name);
            }
        }
        finally
        {
            await end.CancelAsync();
        }

        await Task.WhenAll(watches);
        await SettledEverywhereAsync(after);

        // With the dead master back as a replica, nothing changes.
        await owner.RestartAsync(Cancellation);
        await owner.UntilInSyncAsync(Cancellation);
        var last = await application.Organization.RenameCompanyAsync(id, "Enduring Motors 3");
        foreach (var reader in Readers)
        {
            Assert.Equal("Enduring Motors 3", (await reader.ReadAsync(id, last)).Name);
        }

        await UntilStreamIsHealthyAsync();
    }

    private async Task<long> CreateCachedAsync(string name)
    {
        var (id, position) = await application.Organization.CreateCompanyAsync(name);
        foreach (var reader in Readers)
        {
            Assert.Equal(name, (await reader.ReadAsync(id, position)).Name);
            await reader.ReadUntilCachedAsync(id);
        }

        return id;
    }

    private async Task SettledEverywhereAsync(MessagePosition position)
    {
        foreach (var group in GroupNames.All)
        {
            await application.Stream.UntilSettledAsync(group, position);
        }

        Assert.Equal(0, await application.Stream.DeadLettersAsync());
    }

    private async Task<MessagePosition> UntilRenamedAsync(long id, string name) =>
        (
            await Deadline.UntilAsync(
                () => application.Organization.TryRenameCompanyAsync(id, name),
                renamed => renamed is not null,
                "a change is accepted again",
                Seconds
            )
        )!.Value;

    /// <summary>Reads at a position until the end: each answer has one of these names, or is a 503.</summary>
    private static async Task WatchAsync(
        CompanyReader reader,
        long id,
        MessagePosition atLeast,
        string[] names,
        CancellationToken end
    )
    {
        while (!end.IsCancellationRequested)
        {
            var answer = await reader.ReadAsync(id, atLeast);
            Assert.True(
                answer.Status == HttpStatusCode.ServiceUnavailable
                    || (answer.Status == HttpStatusCode.OK && names.Contains(answer.Name)),
                $"{reader}: {answer}"
            );
        }
    }

    /// <summary>The dashboard's view of the stream goes on, too.</summary>
    private async Task UntilStreamIsHealthyAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        await application.Application.ResourceNotifications.WaitForResourceHealthyAsync(
            ResourceNames.Stream,
            WaitBehavior.WaitOnResourceUnavailable,
            deadline.Token
        );
    }
}
