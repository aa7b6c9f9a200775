using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using RedisFlow.Domain;
using RedisFlow.Streams;
using StackExchange.Redis;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// The commands on the AppHost's resources: each is run as the dashboard runs it, and what it did is looked up
/// independently.
/// </summary>
[Collection(OperatedSystem.Name)]
public sealed class OperatorCommandTests(OperatedApplication application)
{
    private const string Group = GroupNames.Billing;
    private static readonly StreamKeys Keys = new(StreamNames.CacheInvalidation);

    [Fact]
    public async Task Should_CreateTheSampleCompaniesOnce_When_TheyAreSeededTwice()
    {
        var first = await ExecuteAsync(ResourceNames.Organization, "seed-sample-data");
        Assert.StartsWith("36 companies and dealerships were created in ", first, StringComparison.Ordinal);
        var second = await ExecuteAsync(ResourceNames.Organization, "seed-sample-data");
        Assert.StartsWith("0 companies and dealerships were created in ", second, StringComparison.Ordinal);
        Assert.EndsWith("12 of 12 companies were there before.", second, StringComparison.Ordinal);

        using var client = application.Client(ResourceNames.Organization);
        var page = await client.GetFromJsonAsync<Page>(
            "/api/companies?search=Sample%20Motors&pageSize=200",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(12, page!.Total);
        Assert.All(page.Items, company => Assert.Equal(2, company.DealershipCount));
    }

    [Fact]
    public async Task Should_PublishAsManyChangesAsAsked_When_ABurstIsStarted()
    {
        await ExecuteAsync(ResourceNames.Organization, "publish-burst", ("changes", "1"));

        // Of Commands:BurstSize; from now on there are enough companies.
        await ExecuteAsync(ResourceNames.Organization, "publish-burst");
        var before = await EntriesAddedAsync();

        var message = await ExecuteAsync(ResourceNames.Organization, "publish-burst", ("changes", "123"));

        Assert.StartsWith("123 changes were published in ", message, StringComparison.Ordinal);
        Assert.Equal(before + 123, await EntriesAddedAsync());
        await ExecuteAsync(ResourceNames.Organization, "publish-burst");
        Assert.Equal(before + 163, await EntriesAddedAsync());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("100001")]
    [InlineData("many")]
    public async Task Should_PublishNothing_When_TheSizeOfTheBurstCannotBe(string changes)
    {
        var before = await EntriesAddedAsync();

        var result = await application.CommandAsync(ResourceNames.Organization, "publish-burst", ("changes", changes));

        Assert.False(result.Success);
        Assert.Equal(before, await EntriesAddedAsync());
    }

    [Fact]
    public async Task Should_GiveTheGroupItsMessagesAgain_When_TheyAreReplayed()
    {
        var (_, first) = await application.Organization.CreateCompanyAsync("Repeated Motors");
        var (_, last) = await application.Organization.CreateCompanyAsync("Repeated Motors 2");
        await application.Stream.UntilSettledAsync(Group, last);

        Assert.Equal(
            $"{Group} will receive 2 messages again.",
            await ExecuteAsync(Group, "replay", ("from", $"{first}"))
        );

        await application.Stream.UntilSettledAsync(Group, last);
        Assert.False(
            (await application.CommandAsync(Group, "replay", ("from", $"{last.Milliseconds + 3_600_000}-0"))).Success
        );
    }

    [Fact]
    public async Task Should_KillThatReplicaOnly_When_ItIsCrashed()
    {
        var replicas = await application.InstancesAsync(ResourceNames.Analytics);
        Assert.Equal(2, replicas.Count);
        var victim = replicas[0];
        using var process = Process.GetProcessById(victim.ProcessId);

        var message = await ExecuteAsync(victim.Id, "crash");

        Assert.Contains(victim.ProcessId.ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        await process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(replicas[1], Assert.Single(await application.InstancesAsync(ResourceNames.Analytics)));
        await Deadline.UntilAsync(
            () => Task.FromResult(application.Shown(victim.Id)),
            shown =>
                shown.State?.Text != KnownResourceStates.Running
                && StateOf(shown, "crash") == ResourceCommandState.Disabled,
            "the victim is down, and its commands are disabled"
        );
        Assert.NotEqual(0, application.Shown(victim.Id).ExitCode); // as it would after a stop
        Assert.False((await application.CommandAsync(victim.Id, "crash")).Success);

        // The group goes on without it.
        var (_, position) = await application.Organization.CreateCompanyAsync("Surviving Motors");
        await application.Stream.UntilSettledAsync(GroupNames.Analytics, position);
        await application.StartInstanceAsync(victim);
    }

    [Fact]
    public async Task Should_BeginNoMessageWhilePausedAndGoOnAfterwards()
    {
        try
        {
            await ExecuteAsync(Group, "pause-consumer");
            Assert.Equal((ResourceCommandState.Disabled, ResourceCommandState.Enabled), PauseAndResume());
            var last = await PublishUntilOneWaitsAsync();

            // The others are not concerned, and this one would long have settled what they have.
            await application.Stream.UntilSettledAsync(GroupNames.Reporting, last);
            Assert.True((await application.Stream.GroupAsync(Group)).Lag > 0);
            Assert.Contains(
                "paused from the dashboard",
                Shown(ResourceNames.Stream, $"redisflow.stream.{Group}.paused"),
                StringComparison.Ordinal
            );

            Assert.Equal($"{Group} goes on.", await ExecuteAsync(Group, "resume-consumer"));
            await application.Stream.UntilSettledAsync(Group, last);
            Assert.Equal((ResourceCommandState.Enabled, ResourceCommandState.Disabled), PauseAndResume());
            Assert.Null(Shown(ResourceNames.Stream, $"redisflow.stream.{Group}.paused"));
        }
        finally
        {
            await ExecuteAsync(Group, "resume-consumer");
        }
    }

    [Fact]
    public async Task Should_FreeWhatADeadConsumerLeft_When_StaleEntriesAreClaimed()
    {
        const string Ghost = "ghost";
        try
        {
            // A paused worker takes nothing over, so the entry stays as it is until the command.
            await ExecuteAsync(Group, "pause-consumer");
            var last = await PublishUntilOneWaitsAsync();
            await application.Redis.ExecuteAsync(
                "XREADGROUP",
                "GROUP",
                Group,
                Ghost,
                "COUNT",
                1,
                "STREAMS",
                Keys.Stream,
                ">"
            );
            await Deadline.UntilAsync(GhostIdleAsync, idle => idle >= TimeSpan.FromSeconds(2), "the entry is stale");

            var message = await ExecuteAsync(Group, "claim-stale");

            // The worker may hold one itself, from before the pause, and on a busy machine be late to renew it.
            Assert.Matches("^[1-9][0-9]* entries ", message);
            Assert.True(await GhostIdleAsync() >= TimeSpan.FromDays(1), "longer than any lease: anyone's");
            await ExecuteAsync(Group, "resume-consumer");
            await application.Stream.UntilSettledAsync(Group, last);
        }
        finally
        {
            await ExecuteAsync(Group, "resume-consumer");
            await application.Redis.ExecuteAsync("XGROUP", "DELCONSUMER", Keys.Stream, Group, Ghost);
        }

        async Task<TimeSpan> GhostIdleAsync()
        {
            var entries = (RedisResult[])
                (await application.Redis.ExecuteAsync("XPENDING", Keys.Stream, Group, "-", "+", 1, Ghost))!;
            return TimeSpan.FromMilliseconds((long)((RedisResult[])entries.Single()!)[2]);
        }
    }

    [Fact]
    public async Task Should_PublishDeadLettersAgain_When_TheyAreRedriven()
    {
        // A letter with the bytes of a real message, as a worker would have written it.
        var (_, position) = await application.Organization.CreateCompanyAsync("Buried Motors");
        await application.Stream.UntilSettledAsync(Group, position);
        var entry = (RedisResult[])
            (
                (RedisResult[])
                    (await application.Redis.ExecuteAsync("XRANGE", Keys.Stream, $"{position}", $"{position}"))!
            ).Single()!;
        var fields = (RedisResult[])entry[1]!;
        await application.Redis.ExecuteAsync(
            "XADD",
            [
                Keys.Dead,
                "*",
                .. fields.Select(field => (RedisValue)field),
                "group",
                Group,
                "reason",
                "handler",
                "error",
                "test",
                "position",
                $"{position}",
            ]
        );
        await UntilShownAsync("redisflow.stream.dead-letters", "1");
        var before = await EntriesAddedAsync();

        var message = await ExecuteAsync(ResourceNames.Stream, "redrive-dead-letters");

        Assert.Equal("1 dead letters were published again.", message);
        Assert.Equal(0, await application.Stream.DeadLettersAsync());
        Assert.Equal(before + 1, await EntriesAddedAsync());
        Assert.Equal("0", Shown(ResourceNames.Stream, "redisflow.stream.dead-letters"));

        // And the group handles what came of it.
        var newest = (RedisResult[])
            (
                (RedisResult[])(await application.Redis.ExecuteAsync("XREVRANGE", Keys.Stream, "+", "-", "COUNT", 1))!
            ).Single()!;
        await application.Stream.UntilSettledAsync(Group, MessagePosition.Parse((string)newest[0]!));
    }

    [Fact]
    public async Task Should_RemoveWhatIsSettled_When_TrimmedNow()
    {
        var (_, position) = await application.Organization.CreateCompanyAsync("Trimmed Motors");
        foreach (var group in GroupNames.All)
        {
            await application.Stream.UntilSettledAsync(group, position);
        }

        var length = await application.Stream.LengthAsync();
        Assert.True(length > 0);

        var message = await ExecuteAsync(ResourceNames.Stream, "trim-now");

        var left = await application.Stream.LengthAsync();
        Assert.StartsWith($"{length - left} entries were removed.", message, StringComparison.Ordinal);
        Assert.True(left < length, message);
        Assert.Equal($"{left}", Shown(ResourceNames.Stream, "redisflow.stream.length"));
    }

    [Fact]
    public void Should_AskFirst_When_ACommandCannotBeTakenBack()
    {
        foreach (
            var (resource, command) in new[]
            {
                (ResourceNames.Stream, "redrive-dead-letters"),
                (ResourceNames.Stream, "trim-now"),
                (Group, "crash"),
                (Group, "pause-consumer"),
                (Group, "claim-stale"),
            }
        )
        {
            var shown = application.Shown(resource).Commands.Single(one => one.Name == command);
            Assert.NotEmpty(shown.ConfirmationMessage ?? "");
            Assert.NotEmpty(shown.IconName ?? "");
        }
    }

    private static ResourceCommandState StateOf(CustomResourceSnapshot shown, string command) =>
        shown.Commands.Single(one => one.Name == command).State;

    private (ResourceCommandState Pause, ResourceCommandState Resume) PauseAndResume() =>
        (StateOf(application.Shown(Group), "pause-consumer"), StateOf(application.Shown(Group), "resume-consumer"));

    private string? Shown(string resource, string property) =>
        (string?)application.Shown(resource).Properties.FirstOrDefault(one => one.Name == property)?.Value;

    private Task<string?> UntilShownAsync(string property, string value) =>
        Deadline.UntilAsync(
            () => Task.FromResult(Shown(ResourceNames.Stream, property)),
            shown => shown == value,
            $"{property} is {value}"
        );

    /// <summary>
    /// Until one stays in the stream: a read that was under way when the group was paused still brings what comes
    /// first.
    /// </summary>
    private async Task<MessagePosition> PublishUntilOneWaitsAsync()
    {
        var last = MessagePosition.Beginning;
        await Deadline.UntilAsync(
            async () =>
            {
                (_, last) = await application.Organization.CreateCompanyAsync("Waiting Motors");
                return (await application.Stream.GroupAsync(Group)).Lag;
            },
            lag => lag >= 2,
            $"messages wait for {Group}"
        );
        return last;
    }

    private async Task<string> ExecuteAsync(
        string resource,
        string command,
        params (string Name, string Value)[] arguments
    )
    {
        var result = await application.CommandAsync(resource, command, arguments);
        Assert.True(result.Success, $"{command} on {resource} failed: {result.Message}");
        return result.Message ?? "";
    }

    private async Task<long> EntriesAddedAsync()
    {
        var info = (RedisResult[])(await application.Redis.ExecuteAsync("XINFO", "STREAM", Keys.Stream))!;
        var at = Array.FindIndex(info, field => (string?)field == "entries-added");
        return (long)info[at + 1];
    }

    private sealed record Page(IReadOnlyList<Company> Items, long Total);

    private sealed record Company(int DealershipCount);
}
