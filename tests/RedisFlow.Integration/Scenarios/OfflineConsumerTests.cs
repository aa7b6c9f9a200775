using RedisFlow.Domain;
using RedisFlow.Streams;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>A service that was stopped while its cached data changed serves none of it after its start.</summary>
[Collection(WholeSystem.Name)]
public sealed class OfflineConsumerTests(RedisFlowApplication application)
{
    private const int Companies = 50;

    [Fact]
    public async Task Should_ServeNoOldValue_When_CompaniesChangedWhileTheServiceWasStopped()
    {
        var ids = new List<long>();
        for (var i = 0; i < Companies; i++)
        {
            ids.Add((await application.Organization.CreateCompanyAsync($"Old {i}")).Id);
        }

        // Billing holds all the old values, in L2 too: that is what could come back.
        var billing = CompanyReader.Billing(application);
        foreach (var id in ids)
        {
            await billing.ReadUntilCachedAsync(id);
        }

        await application.StopAsync(ResourceNames.Billing);
        try
        {
            var last = MessagePosition.Beginning;
            for (var i = 0; i < Companies; i++)
            {
                last = await application.Organization.RenameCompanyAsync(ids[i], $"New {i}");
            }

            await application.StartAsync(ResourceNames.Billing);

            // The very first answers, while the group may still be catching up.
            billing = CompanyReader.Billing(application);
            for (var i = 0; i < Companies; i++)
            {
                Assert.Equal($"New {i}", (await billing.ReadAsync(ids[i])).Name);
            }

            var state = await application.Stream.UntilSettledAsync(GroupNames.Billing, last);
            Assert.Equal(0, state.Pending);
            Assert.Equal(0, state.Lag);
        }
        finally
        {
            await application.EnsureRunningAsync(ResourceNames.Billing);
        }
    }
}
