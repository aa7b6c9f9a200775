using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

/// <summary><c>claim</c> and <c>replay</c>.</summary>
public sealed class GroupOperationTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task What_is_idle_for_longer_than_the_lease_is_made_available()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var positions = await scene.PublishAsync(3);
        await scene.ReadAsync(3);
        await scene.AgeAsync(positions[0], TimeSpan.FromMinutes(2));
        await scene.AgeAsync(positions[1], TimeSpan.FromMinutes(10));

        Assert.Contains(
            "1 messages of group g, idle for at least 5m,",
            await scene.Tool.TextAsync("claim", "g", "--min-idle", "5m"),
            StringComparison.Ordinal
        );
        var report = await scene.Tool.JsonAsync("claim", "g");

        Assert.Equal(
            (2, 30_000),
            (report.GetProperty("released").GetInt64(), report.GetProperty("minIdleMs").GetInt64())
        );
        Assert.True((await scene.GroupAsync()).OldestPendingIdle >= TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Less_than_the_lease_is_asked_first()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(2);
        await scene.ReadAsync(2);

        var refused = await scene.Tool.RunAsync("claim", "g", "--min-idle", "0s");
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        var declined = await (scene.Tool with { IsAttended = true, Input = "n\n" }).RunAsync(
            "claim",
            "g",
            "--min-idle",
            "0s"
        );
        Assert.Equal(ExitCode.Failed, declined.ExitCode);
        Assert.Contains("less than the lease of 30s", declined.Error, StringComparison.Ordinal);
        Assert.True((await scene.GroupAsync()).OldestPendingIdle < TimeSpan.FromHours(1));

        Assert.Equal(
            2,
            (await scene.Tool.JsonAsync("claim", "g", "--min-idle", "0s", "--yes")).GetProperty("released").GetInt64()
        );
    }

    [Fact]
    public async Task A_group_is_given_again_what_it_was_given()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        var positions = await scene.PublishAsync(6);
        await scene.ReadAsync(6);
        await scene.AckAsync("g", [.. positions]);

        var report = await scene.Tool.JsonAsync("replay", "g", "--from", positions[4].ToString(), "--yes");
        Assert.Equal(
            (2, positions[4].ToString(), System.Text.Json.JsonValueKind.Null),
            (
                report.GetProperty("entries").GetInt64(),
                report.GetProperty("from").GetString(),
                report.GetProperty("oldestKept").ValueKind
            )
        );
        Assert.Equal(2, (await scene.GroupAsync()).Lag);

        Assert.Contains(
            "receives 6 messages again",
            await scene.Tool.TextAsync("replay", "g", "--from", "-1h", "--yes"),
            StringComparison.Ordinal
        );
        Assert.Equal(6, (await scene.GroupAsync()).Lag);
        Assert.Contains(
            "has not reached",
            await scene.Tool.TextAsync("replay", "h", "--from", "beginning", "--yes"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_replay_is_asked_first_and_not_done_when_declined()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(2);
        await scene.ReadAsync(2);

        var result = await (scene.Tool with { IsAttended = true, Input = "no\n" }).RunAsync(
            "replay",
            "g",
            "--from",
            "beginning"
        );

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("again? [y/N]", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await scene.GroupAsync()).Lag);
    }

    [Fact]
    public async Task A_group_that_nobody_consumes_is_taken_away()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        await scene.PublishAsync(3);

        Assert.Equal(
            $"Group g of {scene.Name} is gone for good; it had 0 messages pending, 0 parked, and 3 before it.",
            (await scene.Tool.TextAsync("retire", "g", "--yes")).Trim()
        );

        Assert.Equal("h", Assert.Single((await scene.SnapshotAsync()).Groups).Name);
        var report = await scene.Tool.JsonAsync("retire", "h", "--yes");
        Assert.Equal(
            ("h", 0, 3),
            (
                report.GetProperty("group").GetString(),
                report.GetProperty("pending").GetInt64(),
                report.GetProperty("undelivered").GetInt64()
            )
        );
    }

    [Fact]
    public async Task A_group_that_is_consumed_stays_and_so_does_one_when_it_is_declined()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        await scene.PublishAsync(3);
        await scene.ReadAsync(1);

        var consumed = await scene.Tool.RunAsync("retire", "g", "--yes");
        var declined = await (scene.Tool with { IsAttended = true, Input = "no\n" }).RunAsync("retire", "h");

        Assert.Equal((ExitCode.Failed, ""), (consumed.ExitCode, consumed.Out));
        Assert.Contains("'c' gave a sign of life", consumed.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, declined.ExitCode);
        Assert.Contains("everything that it has not handled? [y/N]", declined.Error, StringComparison.Ordinal);
        Assert.Equal(
            2,
            (await scene.SnapshotAsync()).Groups.Count(group => group is { Exists: true, IsDeclared: true })
        );
    }

    [Theory]
    [InlineData(1, "retire", "missing", "--yes")]
    [InlineData(2, "retire", "g")]
    [InlineData(1, "replay", "missing", "--from", "beginning", "--yes")]
    [InlineData(1, "replay", "g", "--from", "2100-01-01T00:00:00Z", "--yes")]
    [InlineData(2, "replay", "g", "--from", "end", "--yes")]
    [InlineData(2, "replay", "g", "--yes")]
    [InlineData(2, "replay")]
    [InlineData(1, "claim", "missing")]
    [InlineData(2, "claim", "g", "--min-idle", "-5s")]
    [InlineData(2, "claim", "g", "--min-idle", "soon")]
    [InlineData(2, "claim", "g", "--stream", "a", "--stream", "b")]
    public async Task What_cannot_be_done_ends_with_its_exit_code_and_a_reason(int exitCode, params string[] command)
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var result = await scene.Tool.RunAsync(command);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Out));
        Assert.StartsWith("redisflow: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", result.Error, StringComparison.Ordinal);
    }
}
