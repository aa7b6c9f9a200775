using System.Globalization;
using System.Text.Json;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Cli.Tests;

/// <summary>The doctor against real servers; <see cref="CheckTests"/> has what a server cannot be made to be.</summary>
public sealed class DoctorTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_healthy_system_has_nothing_to_repair()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(3);
        await scene.ReadAsync(3);

        var result = await scene.Tool.RunAsync("doctor", "--group", "g");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.EndsWith("Nothing to repair.\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("declared and there: g", result.Out, StringComparison.Ordinal);
        var report = await scene.Tool.JsonAsync("doctor", "--group", "g");
        Assert.True(report.GetProperty("healthy").GetBoolean());
        Assert.Equal(
            [
                "version",
                "append-only-file",
                "maxmemory-policy",
                "role",
                "clock",
                "groups",
                "consumers",
                "dead-letters",
                "parked",
            ],
            report.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("check").GetString()!)
        );
    }

    [Theory]
    [InlineData("appendonly", "no", "append-only-file", "CONFIG SET appendonly yes")]
    [InlineData("appendfsync", "no", "append-only-file", "CONFIG SET appendfsync everysec")]
    [InlineData("maxmemory-policy", "allkeys-lru", "maxmemory-policy", "CONFIG SET maxmemory-policy noeviction")]
    [InlineData("maxmemory", "1048577", "memory", "Raise maxmemory")]
    public async Task A_setting_that_breaks_the_promise_is_found(
        string setting,
        string value,
        string check,
        string repair
    )
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var scene = await Scene.StartAsync(server);
        await scene.Database.ExecuteAsync("CONFIG", "SET", setting, value);

        var finding = await OnlyAsync(scene);

        Assert.Equal(check, finding.GetProperty("check").GetString());
        Assert.Contains(repair, finding.GetProperty("repair").GetString(), StringComparison.Ordinal);
        var text = await scene.Tool.RunAsync("doctor", "--group", "g");
        Assert.Equal(ExitCode.Failed, text.ExitCode);
        Assert.Contains(repair, text.Out, StringComparison.Ordinal);
        Assert.EndsWith("1 to repair.\n", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_is_missing_or_undeclared_is_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "destroyed", "undeclared", "paused");
        await scene.PublishAsync(1);
        foreach (var group in new[] { "g", "undeclared", "paused" })
        {
            await scene.ReadAsync(1, group);
        }

        await scene.Database.ExecuteAsync("XGROUP", "DESTROY", (RedisKey)scene.Keys.Stream, "destroyed");
        await scene.Database.HashDeleteAsync(scene.Keys.Groups, "undeclared");
        await scene.Database.HashSetAsync(scene.Keys.Paused, "paused", "1795234011241 repair");
        await scene.Database.ExecuteAsync("XGROUP", "CREATE", (RedisKey)scene.Keys.Stream, "visitor", "$");

        var findings = await FindingsAsync(scene, "--group", "g", "--group", "never", "--group", "undeclared");

        Assert.Equal(
            [
                ("fail", "never is neither declared nor there"),
                ("fail", "destroyed is declared and missing"),
                ("fail", "undeclared is there and not declared"),
            ],
            Of("fail", findings)
                .Select(f =>
                    (
                        "fail",
                        Part(
                            f,
                            "never is neither declared nor there",
                            "destroyed is declared and missing",
                            "undeclared is there and not declared"
                        )
                    )
                )
                .OrderBy(f =>
                    f.Item2 == "" ? 0
                    : f.Item2[0] == 'n' ? 1
                    : f.Item2[0] == 'd' ? 2
                    : 3
                )
        );
        var notes = Of("note", findings).Select(f => f.GetProperty("message").GetString()!).ToArray();
        Assert.Contains(
            notes,
            note =>
                note.Contains("paused is paused since", StringComparison.Ordinal)
                && note.EndsWith("repair", StringComparison.Ordinal)
        );
        Assert.Contains(notes, note => note.Contains("visitor is there and not declared", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_groups_of_this_system_are_expected_unless_others_are_named()
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var findings = await FindingsAsync(
            scene.Tool with
            {
                Folder = Tool.Repository,
            },
            "--stream",
            "cache:invalidation"
        );

        Assert.Equal(
            ["reporting", "analytics", "billing"],
            Of("fail", findings).Select(f => Part(f, "reporting", "analytics", "billing"))
        );
        Assert.Empty(Of("fail", await FindingsAsync(scene)));
        var missing = scene.Tool with { Variables = new(scene.Tool.Variables) { ["Streams__Groups__0"] = "other" } };
        Assert.Equal(ExitCode.Failed, (await missing.RunAsync("doctor")).ExitCode);
        var tool = scene.Tool with { Variables = new(scene.Tool.Variables) { ["Streams__Groups__0"] = "g" } };
        Assert.Equal(ExitCode.Ok, (await tool.RunAsync("doctor")).ExitCode);
    }

    [Fact]
    public async Task A_consumer_that_holds_messages_without_a_sign_of_life_is_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(2);
        await scene.ReadAsync(2, consumer: "crashed");

        // Idle for longer than this limit, as soon as the next millisecond has passed.
        var findings = await Eventually.Until(
            () => FindingsAsync(scene, "--group", "g", "--idle", "1ms"),
            found => Of("fail", found).Length > 0,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Contains(
            Of("fail", findings),
            f => Message(f).Contains("consumer crashed holds 2 messages", StringComparison.Ordinal)
        );
        Assert.Contains(
            Of("fail", findings),
            f => Message(f).Contains("2 pending messages and no living consumer", StringComparison.Ordinal)
        );
        Assert.Equal(ExitCode.Ok, (await scene.Tool.RunAsync("doctor", "--group", "g", "--idle", "1h")).ExitCode);
    }

    [Fact]
    public async Task A_pending_message_that_no_living_worker_takes_over_is_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var positions = await scene.PublishAsync(1);
        await scene.ReadAsync(1);
        await scene.AgeAsync(positions[0], TimeSpan.FromHours(1));

        Assert.Contains("none of them claims it", Message(await OnlyAsync(scene)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_without_a_worker_is_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(2);

        Assert.Contains(
            "group g has 2 messages before it and no living consumer",
            Message(await OnlyAsync(scene)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Dead_letters_are_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.AddLetterAsync();

        Assert.Equal("dead-letters", (await OnlyAsync(scene)).GetProperty("check").GetString());
    }

    [Fact]
    public async Task Messages_that_wait_for_a_newer_build_are_found_and_shown()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.Database.StreamAddAsync(scene.Keys.Parked("g"), "position", "1-0");
        await scene.Database.HashSetAsync(scene.Keys.ParkedTypes("g"), [new("new.Type", 1), new("*", 3)]);

        Assert.Contains("Group g of stream", Message(await OnlyAsync(scene)), StringComparison.Ordinal);
        Assert.EndsWith(
            "has 1 messages that wait for new.Type.",
            Message(await OnlyAsync(scene)),
            StringComparison.Ordinal
        );
        var group = (await scene.Tool.JsonAsync("groups")).GetProperty("streams")[0].GetProperty("groups")[0];
        Assert.Equal(1, group.GetProperty("parked").GetInt64());
        Assert.Equal(
            [("new.Type", 1)],
            group.GetProperty("parkedFor").EnumerateObject().Select(type => (type.Name, type.Value.GetInt32()))
        );
    }

    [Fact]
    public async Task A_stream_that_ends_in_the_servers_future_is_found()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var ahead = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        await scene.Database.ExecuteAsync(
            "XADD",
            (RedisKey)scene.Keys.Stream,
            string.Create(CultureInfo.InvariantCulture, $"{ahead}-0"),
            "data",
            "x"
        );
        await scene.ReadAsync(1);

        Assert.Contains("its clock was set back", Message(await OnlyAsync(scene)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_is_found()
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var scene = await Scene.StartAsync(server);

        // A master that is not there: the server keeps its data and looks for it.
        await scene.Database.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");

        var tail = await scene.Tool.RunAsync("tail");
        Assert.Equal(ExitCode.NoConnection, tail.ExitCode);
        Assert.Contains("This server is a replica", tail.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Connect to its master, 127.0.0.1:1",
            (await OnlyAsync(scene)).GetProperty("repair").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_does_not_answer_about_its_settings_is_judged_by_the_rest()
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var scene = await Scene.StartAsync(server);
        await scene.Database.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        await scene.Database.ExecuteAsync("ACL", "SETUSER", "default", "-config");

        Assert.Equal("maxmemory-policy", (await OnlyAsync(scene)).GetProperty("check").GetString());
    }

    [Fact]
    public async Task Every_master_of_a_cluster_is_examined_and_the_streams_server_is_named()
    {
        await using var cluster = await RedisCluster.StartAsync(
            cancellationToken: TestContext.Current.CancellationToken
        );
        await using var scene = await Scene.StartAsync(cluster);
        var owner = await cluster.OwnerOfAsync(scene.Keys.Stream, TestContext.Current.CancellationToken);
        foreach (var master in cluster.Nodes.Take(3))
        {
            await master.AskAsync(["CONFIG", "SET", "appendonly", "no"], TestContext.Current.CancellationToken);

            var finding = await OnlyAsync(scene);
            Assert.Equal("append-only-file", finding.GetProperty("check").GetString());
            Assert.StartsWith($"{master.EndPoint}: ", Message(finding), StringComparison.Ordinal);
            await master.AskAsync(["CONFIG", "SET", "appendonly", "yes"], TestContext.Current.CancellationToken);
        }

        var findings = await FindingsAsync(scene, "--group", "g");
        Assert.Contains(findings, finding => Message(finding) == $"Stream {scene.Name} is on {owner.EndPoint}.");
        Assert.Contains(
            findings,
            finding => Message(finding) == "Redis Cluster of 3 masters that answer; its state is ok."
        );
    }

    private static async Task<JsonElement> OnlyAsync(Scene scene) =>
        Assert.Single(Of("fail", await FindingsAsync(scene, "--group", "g")));

    private static Task<JsonElement[]> FindingsAsync(Scene scene, params string[] options) =>
        FindingsAsync(scene.Tool, options);

    private static async Task<JsonElement[]> FindingsAsync(Tool tool, params string[] options)
    {
        var result = await tool.RunAsync(["doctor", "--json", .. options]);
        JsonElement[] findings = [.. result.Json.GetProperty("findings").EnumerateArray()];
        Assert.Equal(Of("fail", findings).Length == 0 ? ExitCode.Ok : ExitCode.Failed, result.ExitCode);
        return findings;
    }

    private static JsonElement[] Of(string status, JsonElement[] findings) =>
        [.. findings.Where(finding => finding.GetProperty("status").GetString() == status)];

    private static string Message(JsonElement finding) => finding.GetProperty("message").GetString()!;

    private static string Part(JsonElement finding, params string[] parts) =>
        parts.FirstOrDefault(part => Message(finding).Contains(part, StringComparison.Ordinal)) ?? Message(finding);
}
