using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class PublishTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("company.updated")]
    [InlineData("company-updated")]
    [InlineData("CompanyUpdated")]
    [InlineData("redisflow.v1.CompanyUpdated")]
    public async Task A_payload_is_published_with_its_type_by_any_name(string type)
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var report = await (scene.Tool with { Input = """{ "company_id": "7", "name": "Acme" }""" }).JsonAsync(
            "publish",
            "--type",
            type,
            "--subject",
            "company/7",
            "--content",
            "It is {name} now."
        );

        Assert.Equal(1, report.GetProperty("published").GetInt32());
        var message = (await scene.Tool.RunAsync("tail", "--json")).JsonLines.Single();
        Assert.Equal(report.GetProperty("first").GetString(), message.GetProperty("position").GetString());
        Assert.Equal(
            ("redisflow.v1.CompanyUpdated", "company/7", "It is Acme now.", "7", "redisflow"),
            (
                message.GetProperty("type").GetString(),
                message.GetProperty("subject").GetString(),
                message.GetProperty("content").GetString(),
                message.GetProperty("payload").GetProperty("companyId").GetString(),
                message.GetProperty("source").GetString()
            )
        );
    }

    [Fact]
    public async Task Lines_from_a_file_are_published_in_order_in_batches_as_often_as_asked_for()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var folder = Directory.CreateTempSubdirectory("redisflow-cli-");
        try
        {
            await File.WriteAllLinesAsync(
                Path.Combine(folder.FullName, "companies.jsonl"),
                Enumerable.Range(1, 500).Select(id => $$"""{"companyId":{{id}},"name":"Acme"}"""),
                TestContext.Current.CancellationToken
            );
            var tool = scene.Tool with { Folder = folder.FullName };

            var result = await tool.RunAsync(
                "publish",
                "companies.jsonl",
                "--type",
                "company.updated",
                "--subject",
                "company/{companyId}",
                "--count",
                "3",
                "--batch",
                "200"
            );

            Assert.Equal(ExitCode.Ok, result.ExitCode);
            Assert.Contains("1,500 messages are published", result.Out, StringComparison.Ordinal);
            var subjects = (await scene.Tool.RunAsync("tail", "--json", "--from", "beginning")).JsonLines.Select(line =>
                line.GetProperty("subject").GetString()
            );
            Assert.Equal(Enumerable.Range(0, 1500).Select(i => $"company/{(i % 500) + 1}"), subjects);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Whole_messages_say_everything_themselves()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        const string Input = """
            [
              {
                "type": "company.deleted", "subject": "company/1", "payload": { "companyId": 1 },
                "content": "Gone.", "messageId": "deleted-1", "entityVersion": 3, "tenant": "acme",
                "targetApplication": "billing", "headers": { "reason": "test" }
              },
              { "type": "company.created", "subject": "company/2", "payload": { "companyId": 2, "name": "Two" } }
            ]
            { "type": "company.deleted", "subject": "company/1", "payload": { "companyId": 1 },
              "messageId": "deleted-1" }
            """;

        Assert.Contains(
            "3 messages are published",
            await (scene.Tool with { Input = Input }).TextAsync("publish"),
            StringComparison.Ordinal
        );

        var messages = (await scene.Tool.RunAsync("tail", "--json")).JsonLines;
        Assert.Equal(2, messages.Length); // the third has the id of the first
        var first = messages[0];
        Assert.Equal(
            ("deleted-1", 3, "acme", "billing", "test", "Gone."),
            (
                first.GetProperty("messageId").GetString(),
                first.GetProperty("entityVersion").GetInt64(),
                first.GetProperty("tenant").GetString(),
                first.GetProperty("targetApplication").GetString(),
                first.GetProperty("headers").GetProperty("reason").GetString(),
                first.GetProperty("content").GetString()
            )
        );
    }

    [Theory]
    [InlineData("{\"companyId\":1}\n{\"companyId\":", "line 2", "--type", "company.updated", "--subject", "s")]
    [InlineData("{\"companyId\":1}\n{\"nme\":1}", "Message 2", "--type", "company.updated", "--subject", "s")]
    [InlineData("{\"companyId\":\"x\"}", "Message 1", "--type", "company.updated", "--subject", "s")]
    [InlineData("17", "Message 1", "--type", "company.updated", "--subject", "s")]
    [InlineData("{\"companyId\":1}", "'id'", "--type", "company.updated", "--subject", "company/{id}")]
    [InlineData("{}", "company.updated", "--type", "company.exploded", "--subject", "s")]
    [InlineData("{}", "--subject", "--type", "company.updated")]
    [InlineData("{}", "--type", "--subject", "s")]
    [InlineData("{\"type\":\"company.deleted\",\"payload\":{}}", "subject")]
    [InlineData("{\"type\":\"company.deleted\",\"subject\":\"s\",\"payload\":{},\"sujet\":1}", "sujet")]
    [InlineData(
        "{\"type\":\"company.deleted\",\"subject\":\"s\",\"payload\":{},\"messageId\":\"m\"}",
        "--count",
        "--count",
        "2"
    )]
    [InlineData("{\"type\":\"company.deleted\",\"subject\":\"a\\u0007b\",\"payload\":{}}", "control character")]
    [InlineData("{}", "cannot be read", "no-such-file.json")]
    public async Task Input_that_is_no_message_is_bad_usage_and_nothing_is_published(
        string input,
        string reason,
        params string[] options
    )
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var result = await (scene.Tool with { Input = input }).RunAsync(["publish", .. options]);

        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await scene.SnapshotAsync()).Length);
    }

    [Fact]
    public async Task What_is_refused_later_says_how_many_are_published()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var input = string.Join(
            '\n',
            Enumerable
                .Range(1, 5)
                .Select(i => i == 4 ? new string('x', 501) : "s")
                .Select(subject => $$"""{ "type": "company.deleted", "payload": {}, "subject": "{{subject}}" }""")
        );

        var result = await (scene.Tool with { Input = input }).RunAsync("publish", "--batch", "2");

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("Message 4 of 5", result.Error, StringComparison.Ordinal);
        Assert.Contains("The first 2 are published.", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.SnapshotAsync()).Length);
    }

    [Fact]
    public async Task A_server_that_refuses_writes_is_a_failure_that_says_so()
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var scene = await Scene.StartAsync(server);
        await scene.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var result = await (scene.Tool with { Input = "{}" }).RunAsync(
            "publish",
            "--type",
            "company.updated",
            "--subject",
            "s"
        );

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains("OOM", result.Error, StringComparison.Ordinal);
    }
}
