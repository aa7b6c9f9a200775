using RedisFlow.Domain;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// Messages reach every group, whether its worker runs, rests or has died. Billing is the worker that suffers.
/// </summary>
[Collection(WholeSystem.Name)]
public sealed class DeliveryTests(RedisFlowApplication application)
{
    private const string Group = GroupNames.Billing;
    private const string Worker = ResourceNames.Billing;

    [Fact]
    public async Task Should_ProduceAndConsumeMessage_When_ConsumerIsOnline()
    {
        var before = await application.Stream.LengthAsync();

        var (_, position) = await application.Organization.CreateCompanyAsync("Online Motors");

        Assert.Equal(before + 1, await application.Stream.LengthAsync());
        await application.Stream.UntilSettledAsync(Group, position);
    }

    [Fact]
    public async Task Should_PersistMessages_When_ConsumerIsOffline()
    {
        var (id, created) = await application.Organization.CreateCompanyAsync("Patient Motors");
        await application.Stream.UntilSettledAsync(Group, created);
        await application.StopAsync(Worker);
        try
        {
            var last = created;
            for (var i = 1; i <= 10; i++)
            {
                last = await application.Organization.RenameCompanyAsync(id, $"Patient Motors {i}");
            }

            // They wait in the stream; the other groups are not held up.
            await application.Stream.UntilSettledAsync(GroupNames.Reporting, last);
            var waiting = await application.Stream.GroupAsync(Group);
            Assert.Equal(10, waiting.Lag);
            Assert.Equal(0, waiting.Pending);
            Assert.Equal(created, waiting.LastDelivered);

            await application.StartAsync(Worker);
            await application.Stream.UntilSettledAsync(Group, last);
        }
        finally
        {
            await application.EnsureRunningAsync(Worker);
        }
    }

    [Fact]
    public async Task Should_ReplayPendingMessages_When_ConsumerRestarts()
    {
        await using (await application.Stream.HoldAsync(Group))
        {
            var (id, _) = await application.Organization.CreateCompanyAsync("Replayed Motors");
            var last = await application.Organization.RenameCompanyAsync(id, "Replayed Motors 2");
            await UntilPendingAsync(2);

            // A graceful stop leaves what was not handled in the pending list.
            await application.StopAsync(Worker);
            Assert.Equal(2, (await application.Stream.PendingAsync(Group)).Count);

            await application.StartAsync(Worker);
            var replayed = await Deadline.UntilAsync(
                () => application.Stream.PendingAsync(Group),
                pending => pending.Count == 2 && pending.All(entry => entry.Deliveries == 2),
                "both messages are delivered again"
            );
            Assert.Equal(last, replayed[^1].Position);
        }

        await UntilPendingAsync(0);
    }

    [Fact]
    public async Task Should_MaintainPendingMessages_When_ConsumerCrashesBeforeAcknowledge()
    {
        await using (await application.Stream.HoldAsync(Group))
        {
            var (_, position) = await application.Organization.CreateCompanyAsync("Crashed Motors");
            await UntilPendingAsync(1);
            var instance = Assert.Single(await application.InstancesAsync(Worker));

            await application.KillAsync(instance);

            var pending = Assert.Single(await application.Stream.PendingAsync(Group));
            Assert.Equal(position, pending.Position);
            Assert.Equal($"{Worker}-1", pending.Consumer);
            await application.StartAsync(Worker);
        }

        await UntilPendingAsync(0);
        Assert.Equal(0, (await application.Stream.GroupAsync(Group)).Lag);
    }

    [Fact]
    public async Task Should_ContinueProcessingNewMessages_After_ReplayingPending()
    {
        long id;
        await using (await application.Stream.HoldAsync(Group))
        {
            (id, _) = await application.Organization.CreateCompanyAsync("Continued Motors");
            await UntilPendingAsync(1);
            await application.KillAsync(Assert.Single(await application.InstancesAsync(Worker)));
            await application.StartAsync(Worker);
        }

        await UntilPendingAsync(0);
        var last = await application.Organization.RenameCompanyAsync(id, "Continued Motors 2");

        await application.Stream.UntilSettledAsync(Group, last);
        Assert.Equal("Continued Motors 2", (await CompanyReader.Billing(application).ReadAsync(id)).Name);
    }

    [Fact]
    public async Task Should_DeliverEveryMessageToEveryService()
    {
        var (id, last) = await application.Organization.CreateCompanyAsync("Widespread Motors");
        var before = new Dictionary<string, long?>();
        foreach (var group in GroupNames.All)
        {
            before[group] = (await application.Stream.UntilSettledAsync(group, last)).EntriesRead;
        }

        var length = await application.Stream.LengthAsync();
        for (var i = 1; i <= 20; i++)
        {
            last = await application.Organization.RenameCompanyAsync(id, $"Widespread Motors {i}");
        }

        Assert.Equal(length + 20, await application.Stream.LengthAsync());
        foreach (var group in GroupNames.All)
        {
            // Every group has read every entry: none took a message away from another.
            var state = await application.Stream.UntilSettledAsync(group, last);
            Assert.Equal(20, state.EntriesRead - before[group]);
        }

        Assert.Equal(0, await application.Stream.DeadLettersAsync());
    }

    private Task<GroupState> UntilPendingAsync(long count) =>
        Deadline.UntilAsync(
            () => application.Stream.GroupAsync(Group),
            state => state.Pending == count && state.Lag == 0,
            $"group {Group} has {count} pending"
        );
}
