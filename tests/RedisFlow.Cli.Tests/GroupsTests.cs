using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class GroupsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Groups_are_shown_with_lag_pending_and_consumers()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        await scene.PublishAsync(5);
        await scene.ReadAsync(3, consumer: "reader-1");

        var text = await scene.Tool.TextAsync("groups");

        Assert.Contains($"{scene.Name}  5 entries, 5 ever added", text, StringComparison.Ordinal);
        Assert.Matches(@"\n\s+g\s+│?\s*2\s+│?\s*3\s", text);
        Assert.Matches(@"\n\s+h\s+│?\s*5\s+│?\s*0\s", text);
        Assert.Matches(@"\n\s+g\s+│?\s*reader-1\s+│?\s*3\s", text);
    }

    [Fact]
    public async Task The_json_of_groups_has_stable_names_and_says_null_where_something_is_unknown()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        var positions = await scene.PublishAsync(5);
        await scene.ReadAsync(3, consumer: "reader-1");
        await redis.Database.HashSetAsync(scene.Keys.Groups, "vanished", "0-0");

        var stream = (await scene.Tool.JsonAsync("groups")).GetProperty("streams")[0];

        Assert.Equal(scene.Name, stream.GetProperty("stream").GetString());
        Assert.Equal(
            (5, positions[4].ToString(), 0),
            (
                stream.GetProperty("length").GetInt64(),
                stream.GetProperty("lastPosition").GetString(),
                stream.GetProperty("deadLetters").GetInt64()
            )
        );
        var groups = stream.GetProperty("groups");
        var g = groups[0];
        Assert.Equal(
            ("g", true, true, 2, 3, positions[2].ToString()),
            (
                g.GetProperty("group").GetString(),
                g.GetProperty("isDeclared").GetBoolean(),
                g.GetProperty("exists").GetBoolean(),
                g.GetProperty("lag").GetInt64(),
                g.GetProperty("pending").GetInt64(),
                g.GetProperty("lastDelivered").GetString()
            )
        );
        Assert.True(g.GetProperty("oldestPendingAgeMs").GetInt64() >= 0);
        var consumer = Assert.Single(g.GetProperty("consumers").EnumerateArray());
        Assert.Equal(
            ("reader-1", 3),
            (consumer.GetProperty("name").GetString(), consumer.GetProperty("pending").GetInt64())
        );
        Assert.True(consumer.GetProperty("idleMs").GetInt64() >= 0);
        Assert.Equal(
            ("vanished", false, System.Text.Json.JsonValueKind.Null),
            (
                groups[2].GetProperty("group").GetString(),
                groups[2].GetProperty("exists").GetBoolean(),
                groups[2].GetProperty("lag").ValueKind
            )
        );
    }

    [Fact]
    public async Task Several_streams_are_shown_in_one_answer()
    {
        await using var one = await Scene.StartAsync(redis.Server, "g");
        await using var two = await Scene.StartAsync(redis.Server, "h");
        await two.PublishAsync(3);

        var streams = (await one.Tool.JsonAsync("groups", "--stream", one.Name, "--stream", two.Name)).GetProperty(
            "streams"
        );

        Assert.Equal(
            [(one.Name, 0L, "g"), (two.Name, 3L, "h")],
            streams
                .EnumerateArray()
                .Select(s =>
                    (
                        s.GetProperty("stream").GetString()!,
                        s.GetProperty("length").GetInt64(),
                        s.GetProperty("groups")[0].GetProperty("group").GetString()!
                    )
                )
        );
    }

    [Fact]
    public async Task The_tool_declares_nothing_by_looking()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var unknown = $"test:{Guid.NewGuid():N}";

        await scene.Tool.TextAsync("groups", "--stream", unknown);
        await scene.Tool.RunAsync("doctor", "--stream", unknown);

        Assert.False(await redis.Database.KeyExistsAsync(new Streams.StreamKeys(unknown).Stream));
        Assert.False(await redis.Database.KeyExistsAsync(new Streams.StreamKeys(unknown).Groups));
    }
}
