using RedisFlow.Cli.CommandLine;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class DeadLetterTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Letters_are_listed_oldest_first_and_narrowed()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var first = await scene.AddLetterAsync("g", DeadLetterReason.HandlerFailed, 1);
        var second = await scene.AddLetterAsync("g", DeadLetterReason.UnknownType, 2);
        var third = await scene.AddLetterAsync("h", DeadLetterReason.UnknownType, 3);

        Assert.Equal([first, second, third], await ListAsync());
        Assert.Equal([second, third], await ListAsync("--reason", "unknown-type"));
        Assert.Equal([second], await ListAsync("--reason", "unknown-type", "--group", "g"));
        Assert.Equal([second, third], await ListAsync("--after", first.ToString()));
        var page = await scene.Tool.JsonAsync("dlq", "list", "--limit", "2");
        Assert.Equal(second.ToString(), page.GetProperty("next").GetString());
        Assert.Equal(
            System.Text.Json.JsonValueKind.Null,
            (await scene.Tool.JsonAsync("dlq", "list", "--limit", "3")).GetProperty("next").ValueKind
        );

        var text = await scene.Tool.TextAsync("dlq", "list");
        Assert.Matches($@"{first}.*\bg\b.*handler-failed.*5.*company/1.*boom", text);
        Assert.Contains("3 dead letters.", text, StringComparison.Ordinal);

        async Task<MessagePosition[]> ListAsync(params string[] options) =>
            [
                .. (await scene.Tool.JsonAsync(["dlq", "list", .. options]))
                    .GetProperty("letters")
                    .EnumerateArray()
                    .Select(letter => MessagePosition.Parse(letter.GetProperty("position").GetString()!)),
            ];
    }

    [Fact]
    public async Task A_letter_is_shown_with_its_payload()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.AddLetterAsync(company: 1);
        var position = await scene.AddLetterAsync(company: 456, error: "[red]no[/]");

        var text = await scene.Tool.TextAsync("dlq", "show", position.ToString());
        Assert.Contains("company/456", text, StringComparison.Ordinal);
        Assert.Contains("[red]no[/]", text, StringComparison.Ordinal);
        Assert.Contains("""{"companyId":"456","name":"Acme"}""", text, StringComparison.Ordinal);

        var letter = await scene.Tool.JsonAsync("dlq", "show", position.ToString());
        Assert.Equal(
            (position.ToString(), "g", "handler-failed", 5, "1-7", "456"),
            (
                letter.GetProperty("position").GetString(),
                letter.GetProperty("group").GetString(),
                letter.GetProperty("reason").GetString(),
                letter.GetProperty("attempts").GetInt64(),
                letter.GetProperty("originalPosition").GetString(),
                letter.GetProperty("payload").GetProperty("companyId").GetString()
            )
        );
        Assert.NotEmpty(letter.GetProperty("data").GetString()!);
    }

    [Fact]
    public async Task A_letter_that_is_no_envelope_is_shown_as_bytes_and_one_that_is_not_there_fails()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var position = await scene.AddLetterAsync(reason: DeadLetterReason.Undecodable, data: [0xff, 0x00]);

        Assert.Contains(
            "2 bytes that are no envelope: /wA=",
            await scene.Tool.TextAsync("dlq", "show", position.ToString()),
            StringComparison.Ordinal
        );
        var missing = await scene.Tool.RunAsync("dlq", "show", "1-1");
        Assert.Equal(ExitCode.Failed, missing.ExitCode);
        Assert.Contains("no dead letter 1-1", missing.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await scene.Tool.RunAsync("dlq", "show", "x")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await scene.Tool.RunAsync("dlq", "show")).ExitCode);
    }

    [Fact]
    public async Task Named_letters_are_redriven_without_a_question_and_missing_ones_are_a_failure()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var one = await scene.AddLetterAsync(company: 1);
        var two = await scene.AddLetterAsync(company: 2);
        var three = await scene.AddLetterAsync(company: 3);

        Assert.Contains(
            "1 dead letters are published again",
            await scene.Tool.TextAsync("dlq", "redrive", one.ToString()),
            StringComparison.Ordinal
        );
        var result = await scene.Tool.RunAsync("dlq", "redrive", two.ToString(), one.ToString(), "--json");

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal(
            two.ToString(),
            Assert.Single(result.Json.GetProperty("redriven").EnumerateArray()).GetProperty("letter").GetString()
        );
        Assert.Equal(one.ToString(), Assert.Single(result.Json.GetProperty("notFound").EnumerateArray()).GetString());
        var snapshot = await scene.SnapshotAsync();
        Assert.Equal((2L, 1L), (snapshot.Length, snapshot.DeadLetters));
        Assert.Equal(
            three.ToString(),
            (await scene.Tool.JsonAsync("dlq", "list")).GetProperty("letters")[0].GetProperty("position").GetString()
        );
    }

    [Fact]
    public async Task All_that_match_are_redriven()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        for (var i = 0; i < 130; i++)
        {
            await scene.AddLetterAsync(i % 2 == 0 ? "g" : "h", DeadLetterReason.HandlerFailed, i);
        }

        var report = await scene.Tool.JsonAsync("dlq", "redrive", "--all", "--group", "g", "--yes");

        Assert.Equal(65, report.GetProperty("redriven").GetArrayLength());
        Assert.Equal((65L, 65L), ((await scene.SnapshotAsync()).Length, (await scene.SnapshotAsync()).DeadLetters));
    }

    [Fact]
    public async Task Dropped_letters_are_gone()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var one = await scene.AddLetterAsync();
        await scene.AddLetterAsync(reason: DeadLetterReason.Lost);
        await scene.AddLetterAsync();

        var report = await scene.Tool.JsonAsync("dlq", "drop", one.ToString(), "--yes");
        Assert.Equal(one.ToString(), Assert.Single(report.GetProperty("dropped").EnumerateArray()).GetString());
        Assert.Contains(
            "1 dead letters",
            await scene.Tool.TextAsync("dlq", "drop", "--all", "--reason", "lost", "--yes"),
            StringComparison.Ordinal
        );
        Assert.Equal((0L, 1L), ((await scene.SnapshotAsync()).Length, (await scene.SnapshotAsync()).DeadLetters));
        Assert.Equal(ExitCode.Failed, (await scene.Tool.RunAsync("dlq", "drop", one.ToString(), "--yes")).ExitCode);
    }

    [Theory]
    [InlineData("dlq", "drop", "1-1")]
    [InlineData("dlq", "drop", "--all")]
    [InlineData("dlq", "redrive", "--all")]
    [InlineData("replay", "g", "--from", "beginning")]
    public async Task Where_nobody_can_answer_it_is_refused_before_anything_is_done(params string[] command)
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(2);
        await scene.ReadAsync(2);
        await scene.AddLetterAsync();
        var before = await scene.SnapshotAsync();

        var result = await scene.Tool.RunAsync(command);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("--yes", result.Error, StringComparison.Ordinal);
        var after = await scene.SnapshotAsync();
        Assert.Equal(
            (before.DeadLetters, before.Length, before.Groups[0].Lag),
            (after.DeadLetters, after.Length, after.Groups[0].Lag)
        );
    }

    [Theory]
    [InlineData("n\n", 1)]
    [InlineData("\n", 1)]
    [InlineData("", 1)]
    [InlineData("y\n", 0)]
    [InlineData("YES\n", 0)]
    public async Task Only_a_yes_is_a_yes(string answer, int exitCode)
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.AddLetterAsync();
        await scene.AddLetterAsync();

        var result = await (scene.Tool with { IsAttended = true, Input = answer }).RunAsync("dlq", "drop", "--all");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("Remove 2 dead letters", result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0 ? 0 : 2, (await scene.SnapshotAsync()).DeadLetters);
    }

    [Theory]
    [InlineData("dlq", "drop", "--yes")]
    [InlineData("dlq", "redrive", "1-1", "--all", "--yes")]
    [InlineData("dlq", "redrive", "1-1", "--group", "g")]
    [InlineData("dlq", "list", "--reason", "bad-luck")]
    [InlineData("dlq", "list", "--limit", "0")]
    [InlineData("dlq", "list", "--after", "x")]
    [InlineData("dlq")]
    public async Task What_makes_no_sense_is_bad_usage(params string[] command)
    {
        var result = await new Tool().RunAsync(command);

        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
        Assert.NotEmpty(result.Error);
    }
}
