using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Cli.Tests;

public sealed class TailTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Without_a_place_the_last_ten_messages_are_shown()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var positions = await scene.PublishAsync(12);

        var result = await scene.Tool.RunAsync("tail", "--json");

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(
            positions.Skip(2).Select(p => p.ToString()),
            result.JsonLines.Select(line => line.GetProperty("position").GetString())
        );
        var message = result.JsonLines[0];
        Assert.Equal(
            ("redisflow.v1.CompanyUpdated", "company/3", "Company 3 was renamed.", "3", "Acme"),
            (
                message.GetProperty("type").GetString(),
                message.GetProperty("subject").GetString(),
                message.GetProperty("content").GetString(),
                message.GetProperty("payload").GetProperty("companyId").GetString(),
                message.GetProperty("payload").GetProperty("name").GetString()
            )
        );
    }

    [Fact]
    public async Task A_message_is_a_line_for_people_and_its_payload_on_the_next()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var position = (await scene.PublishAsync(1))[0];

        var lines = (await scene.Tool.RunAsync("tail")).Lines;

        Assert.StartsWith($"{position}  ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("CompanyUpdated  company/1  Company 1 was renamed.", lines[0], StringComparison.Ordinal);
        Assert.Equal("""  {"companyId":"1","name":"Acme"}""", lines[1]);
    }

    [Fact]
    public async Task Every_kind_of_place_is_understood()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await AddAsync(scene, "1000000000000-1"); // 2001
        await AddAsync(scene, "1000000000000-2");
        var now = (await scene.PublishAsync(1))[0];

        Assert.Equal(3, await CountAsync("beginning"));
        Assert.Equal(0, await CountAsync("end"));
        Assert.Equal(3, await CountAsync("1000000000000-1"));
        Assert.Equal(2, await CountAsync("1000000000000-2"));
        Assert.Equal(3, await CountAsync("2001-09-09T01:46:40Z"));
        Assert.Equal(1, await CountAsync("2001-09-09T01:46:40.001Z"));
        Assert.Equal(3, await CountAsync("2001-09-09T03:46:40+02:00"));
        Assert.Equal(1, await CountAsync("-1h"));
        Assert.Equal(1, await CountAsync(now.ToString()));

        async Task<int> CountAsync(string from) =>
            (await scene.Tool.RunAsync("tail", "--json", "--from", from)).Lines.Length;
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("-1x")]
    [InlineData("1-2-3")]
    [InlineData("")]
    public async Task What_is_no_place_is_refused_with_examples(string from)
    {
        var result = await new Tool().RunAsync("tail", "--from", from);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("2026-11-21T10:00:00Z", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_shows_what_comes_until_it_is_interrupted()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(1, "before");
        using var output = new Output();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var tailing = scene.Tool.RunAsync(output, stop.Token, "tail", "--follow", "--json");
        await Eventually.Until(
            () => output.ToString().Contains("before", StringComparison.Ordinal),
            cancellationToken: stop.Token
        );
        var positions = await scene.PublishAsync(450, "after");
        await Eventually.Until(
            () => output.ToString().Contains(positions[^1].ToString(), StringComparison.Ordinal),
            cancellationToken: stop.Token
        );
        await stop.CancelAsync();

        var result = await tailing;
        Assert.Equal((ExitCode.Interrupted, 451), (result.ExitCode, result.Lines.Length));
        Assert.Equal(
            positions.Select(p => p.ToString()),
            result.JsonLines.Skip(1).Select(line => line.GetProperty("position").GetString())
        );
    }

    [Fact]
    public async Task Following_waits_on_the_server_and_is_interrupted_at_once()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var tailing = scene.Tool.RunAsync(new Output(), stop.Token, "tail", "--follow");

        // Blocked, and on a connection that does nothing else.
        await Eventually.Until(
            async () =>
                ((string)(await scene.Database.ExecuteAsync("CLIENT", "LIST"))!)
                    .Split('\n')
                    .Any(client =>
                        client.Contains("flags=b", StringComparison.Ordinal)
                        && client.Contains("cmd=xread", StringComparison.Ordinal)
                    ),
            cancellationToken: stop.Token
        );
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await tailing).ExitCode);
        Assert.True(
            clock.Elapsed < TimeSpan.FromSeconds(3),
            $"It took {clock.Elapsed}, as long as the server's block."
        );
    }

    [Fact]
    public async Task Following_from_the_end_ends_after_as_many_messages_as_asked_for()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(3, "before");
        var tailing = scene.Tool.RunAsync("tail", "--from", "end", "--follow", "--limit", "2", "--json");

        await Eventually.Until(
            async () =>
            {
                await scene.PublishAsync(1, "after");
                return tailing.IsCompleted;
            },
            cancellationToken: TestContext.Current.CancellationToken
        );

        var result = await tailing;
        Assert.Equal((ExitCode.Ok, 2), (result.ExitCode, result.Lines.Length));
        Assert.DoesNotContain("before", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_chosen_by_type_and_subject()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(3);
        await scene.Publisher.PublishAsync(
            new Streams.Publication(new Domain.Messages.CompanyDeleted { CompanyId = 2 }, "company/2", "Gone."),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(3, (await scene.Tool.RunAsync("tail", "--json", "--type", "company.updated")).Lines.Length);
        Assert.Single((await scene.Tool.RunAsync("tail", "--json", "--type", "CompanyDeleted")).Lines);
        Assert.Equal(2, (await scene.Tool.RunAsync("tail", "--json", "--subject", "company/2")).Lines.Length);
        Assert.Single(
            (
                await scene.Tool.RunAsync(
                    "tail",
                    "--json",
                    "--subject",
                    "company/2",
                    "--type",
                    "redisflow.v1.CompanyUpdated"
                )
            ).Lines
        );
        var unknown = await scene.Tool.RunAsync("tail", "--type", "company.exploded");
        Assert.Equal(ExitCode.Usage, unknown.ExitCode);
        Assert.Contains("company.updated", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_decoded_says_why()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await AddAsync(scene, "*");

        Assert.Contains("undecodable", await scene.Tool.TextAsync("tail"), StringComparison.Ordinal);
        var line = (await scene.Tool.RunAsync("tail", "--json")).JsonLines.Single();
        Assert.Equal(
            ("undecodable", "AWJyb2tlbg=="),
            (line.GetProperty("problem").GetString(), line.GetProperty("data").GetString())
        );
    }

    [Fact]
    public async Task Data_is_shown_as_it_is_and_does_nothing_to_the_screen()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.Publisher.PublishAsync(
            new Streams.Publication(
                new Domain.Messages.CompanyUpdated { CompanyId = 1, Name = "[red]" },
                "[bold]/1",
                "[link=http://x]a\u001b[2J\u202eb"
            ),
            TestContext.Current.CancellationToken
        );

        var text = await scene.Tool.TextAsync("tail");

        Assert.Contains(@"[bold]/1  [link=http://x]a\u001b[2J\u202eb", text, StringComparison.Ordinal);
        Assert.Contains("\"[red]\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    private static Task<RedisResult> AddAsync(Scene scene, string id) =>
        scene.Database.ExecuteAsync("XADD", (RedisKey)scene.Keys.Stream, id, "data", "\u0001broken");
}
