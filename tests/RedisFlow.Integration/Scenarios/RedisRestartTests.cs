using System.Net;
using RedisFlow.Domain;
using RedisFlow.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>Redis goes away and comes back with its data; the services stay, and need no help.</summary>
[Collection(WholeSystem.Name)]
public sealed class RedisRestartTests(RedisFlowApplication application)
{
    [Fact]
    public async Task Should_KeepEverythingAndGoOn_When_RedisStopsAndStarts()
    {
        var (id, position) = await application.Organization.CreateCompanyAsync("Durable Motors");
        foreach (var group in GroupNames.All)
        {
            await application.Stream.UntilSettledAsync(group, position);
        }

        var length = await application.Stream.LengthAsync();
        var processes = await ProcessesAsync();

        // Asked to end, not killed: it has written everything.
        Assert.Equal(0, await application.StopAsync(ResourceNames.Redis));
        await application.StartAsync(ResourceNames.Redis);

        // The stream, the state and the workers' place in the stream are as they were.
        Assert.Equal(length, await application.Stream.LengthAsync());
        foreach (var group in GroupNames.All)
        {
            Assert.Equal(position, (await application.Stream.GroupAsync(group)).LastDelivered);
        }

        // The workers go on by themselves.
        var last = await Deadline.UntilAsync(
            () => application.Organization.TryRenameCompanyAsync(id, "Durable Motors 2"),
            renamed => renamed is not null,
            "Organization accepts changes again"
        );
        foreach (var group in GroupNames.All)
        {
            await application.Stream.UntilSettledAsync(group, last!.Value);
        }

        foreach (var reader in CompanyReader.All(application))
        {
            await Deadline.UntilAsync(
                () => reader.ReadAsync(id),
                answer => answer.Name == "Durable Motors 2",
                $"{reader} answers with the new name"
            );
        }

        Assert.Equal(processes, await ProcessesAsync());
    }

    [Fact]
    public async Task Should_AnswerFromL1OrWithAProblem_When_RedisIsDown()
    {
        var (cached, _) = await application.Organization.CreateCompanyAsync("Remembered Motors");
        var (unread, _) = await application.Organization.CreateCompanyAsync("Unread Motors");
        var reporting = CompanyReader.Reporting(application);
        await reporting.ReadUntilCachedAsync(cached);

        await application.StopAsync(ResourceNames.Redis);
        try
        {
            Assert.Equal(
                new CompanyAnswer(HttpStatusCode.OK, "Remembered Motors", "L1"),
                await reporting.ReadAsync(cached)
            );

            // Not a measurement: the bound that callers may rely on.
            var failed = await Soon.Within(TimeSpan.FromSeconds(5), () => reporting.ReadAsync(unread));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);

            // Unable to hear invalidations, the instance stops trusting what it remembers.
            await Deadline.UntilAsync(
                () => reporting.ReadAsync(cached),
                answer => answer.Status == HttpStatusCode.ServiceUnavailable,
                "Reporting is blind"
            );
        }
        finally
        {
            await application.StartAsync(ResourceNames.Redis);
        }

        await Deadline.UntilAsync(
            () => reporting.ReadAsync(unread),
            answer => answer.Status == HttpStatusCode.OK,
            "Reporting has recovered"
        );
    }

    private async Task<IReadOnlyList<int>> ProcessesAsync()
    {
        var processes = new List<int>();
        foreach (var service in (string[])[ResourceNames.Organization, .. ResourceNames.Consumers])
        {
            processes.AddRange((await application.InstancesAsync(service)).Select(instance => instance.ProcessId));
        }

        processes.Sort();
        return processes;
    }
}
