using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class PendingTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task What_a_group_holds_is_shown_with_consumer_idle_time_and_deliveries()
    {
        await using var scene = await Scene.StartAsync(redis.Server, "g", "h");
        var positions = await scene.PublishAsync(4);
        await scene.ReadAsync(2, consumer: "one");
        await scene.ReadAsync(1, consumer: "two");
        await scene.ReadAsync(1, "h", "three");
        await scene.AgeAsync(positions[1], TimeSpan.FromHours(2), consumer: "one");

        var text = await scene.Tool.TextAsync("pending", "g");
        Assert.Matches($@"{positions[1]}\s+│?\s*one\s+│?\s*2h\b", text);
        Assert.DoesNotContain("three", text, StringComparison.Ordinal);

        var entries = (await scene.Tool.JsonAsync("pending")).GetProperty("messages");
        Assert.Equal(
            [
                ("g", positions[0].ToString(), "one"),
                ("g", positions[1].ToString(), "one"),
                ("g", positions[2].ToString(), "two"),
                ("h", positions[0].ToString(), "three"),
            ],
            entries
                .EnumerateArray()
                .Select(e =>
                    (
                        e.GetProperty("group").GetString()!,
                        e.GetProperty("position").GetString()!,
                        e.GetProperty("consumer").GetString()!
                    )
                )
        );
        Assert.InRange(entries[1].GetProperty("idleMs").GetInt64(), 7_200_000, 10_000_000);
        Assert.Equal(1, entries[0].GetProperty("deliveries").GetInt64());
    }

    [Fact]
    public async Task It_is_narrowed_by_consumer_idle_time_and_position()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var positions = await scene.PublishAsync(4);
        await scene.ReadAsync(2, consumer: "one");
        await scene.ReadAsync(2, consumer: "two");
        await scene.AgeAsync(positions[3], TimeSpan.FromHours(2), consumer: "two");

        Assert.Equal("2 3", await IndexesAsync("--consumer", "two"));
        Assert.Equal("3", await IndexesAsync("--min-idle", "1h"));
        Assert.Equal("1 2 3", await IndexesAsync("--after", positions[0].ToString()));
        Assert.Contains(
            "Nothing such is pending",
            await scene.Tool.TextAsync("pending", "g", "--consumer", "missing"),
            StringComparison.Ordinal
        );

        async Task<string> IndexesAsync(params string[] options)
        {
            var found = (await scene.Tool.JsonAsync(["pending", "g", .. options]))
                .GetProperty("messages")
                .EnumerateArray();
            return string.Join(
                ' ',
                found.Select(e =>
                    positions.ToList().FindIndex(p => p.ToString() == e.GetProperty("position").GetString())
                )
            );
        }
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(600, true)]
    [InlineData(700, false)]
    [InlineData(2000, false)]
    public async Task A_limit_says_whether_there_is_more(int limit, bool hasMore)
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(700);
        await scene.ReadAsync(700);

        var report = await scene.Tool.JsonAsync("pending", "g", "--limit", $"{limit}");

        Assert.Equal(
            (Math.Min(700, limit), hasMore),
            (report.GetProperty("messages").GetArrayLength(), report.GetProperty("hasMore").GetBoolean())
        );
    }

    [Fact]
    public async Task An_unknown_group_fails_and_says_which_there_are()
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var result = await scene.Tool.RunAsync("pending", "missing");

        Assert.Equal((ExitCode.Failed, ""), (result.ExitCode, result.Out));
        Assert.EndsWith("has no group 'missing'; it has: g.\n", result.Error, StringComparison.Ordinal);
    }
}
