using RedisFlow.Domain;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>Of two replicas one dies with messages in its hands; the other takes them over.</summary>
[Collection(WholeSystem.Name)]
public sealed class ReplicaCrashTests(RedisFlowApplication application)
{
    [Fact]
    public async Task Should_HandleItsMessagesOnTheOtherReplica_When_OneIsKilledWhileHoldingThem()
    {
        var replicas = await application.InstancesAsync(ResourceNames.Analytics);
        Assert.Equal(2, replicas.Count);

        ResourceInstance victim;
        await using (await application.Stream.HoldAsync(GroupNames.Analytics))
        {
            // Until both replicas hold something: whichever is killed then has unacknowledged messages.
            var held = await Deadline.UntilAsync(
                async () =>
                {
                    await application.Organization.CreateCompanyAsync("Held Motors");
                    return await application.Stream.PendingAsync(GroupNames.Analytics);
                },
                pending => pending.Select(entry => entry.Consumer).Distinct().Count() == 2,
                "both replicas hold messages"
            );

            victim = replicas[0];
            await application.KillAsync(victim);

            // Dead, and still the owner of what it held: nothing was lost with it.
            var after = await application.Stream.PendingAsync(GroupNames.Analytics);
            Assert.True(after.Count >= held.Count);
        }

        // The survivor handles its own at once and the victim's after the lease.
        await Deadline.UntilAsync(
            () => application.Stream.GroupAsync(GroupNames.Analytics),
            state => state is { Pending: 0, Lag: 0 },
            "the other replica has handled everything"
        );
        Assert.Equal(0, await application.Stream.DeadLettersAsync());

        await application.StartInstanceAsync(victim);
        await UntilBothAnswerAsync();
    }

    /// <summary>A replica that runs does not listen yet: the next test must not meet that.</summary>
    private async Task UntilBothAnswerAsync()
    {
        var (id, _) = await application.Organization.CreateCompanyAsync("Answering Motors");
        var answers = 0;
        await Deadline.UntilAsync(
            async () =>
            {
                answers++;
                try
                {
                    var answer = await CompanyReader.Analytics(application).ReadAsync(id);
                    answers = answer.Name is null ? 0 : answers;
                }
                catch (HttpRequestException)
                {
                    answers = 0;
                    throw;
                }

                return answers;
            },
            count => count >= 20,
            "the replicas answer twenty times without a failure"
        );
    }
}
