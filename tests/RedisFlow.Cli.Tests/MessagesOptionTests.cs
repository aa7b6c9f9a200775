using RedisFlow.Cli.CommandLine;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

/// <summary>Where the types of payloads come from, and what is shown without them.</summary>
public sealed class MessagesOptionTests(RedisFixture redis) : IClassFixture<RedisFixture>, IDisposable
{
    private const string Json = """{"companyId":"1","name":"Acme"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisflow-cli-");

    [Fact]
    public async Task Without_types_messages_are_shown_with_the_size_of_their_payloads_and_how_to_read_them()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var tool = WithoutMessages(scene);
        await scene.PublishAsync(2);

        var text = await tool.RunAsync("tail");
        var json = await tool.RunAsync("tail", "--json");

        Assert.Equal(ExitCode.Ok, text.ExitCode);
        Assert.EndsWith("CompanyUpdated  company/1  Company 1 was renamed.", text.Lines[0], StringComparison.Ordinal);
        Assert.Equal("  8 bytes of redisflow.v1.CompanyUpdated", text.Lines[1]);
        Assert.Equal(
            "redisflow: Of payloads with an unknown type, only the size is shown. --messages <assembly.dll> adds the "
                + "types of an assembly with generated messages.\n",
            text.Error
        );

        Assert.Equal((ExitCode.Ok, ""), (json.ExitCode, json.Error));
        var line = json.JsonLines[0];
        Assert.Equal("unknown-type", line.GetProperty("problem").GetString());
        Assert.Contains("--messages", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, line.GetProperty("payload").ValueKind);
        Assert.Equal(8, line.GetProperty("payloadBytes").GetInt32());
        var envelope = StreamMessage.Parser.ParseFrom(line.GetProperty("data").GetBytesFromBase64());
        var payload = envelope.Payload.Unpack<CompanyUpdated>();
        Assert.Equal((1, "Acme"), (payload.CompanyId, payload.Name));
    }

    [Fact]
    public async Task The_option_wins_over_the_variable_and_the_variable_over_the_settings()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(1);
        File.Copy(Tool.Messages, Path.Combine(_folder.FullName, "Messages.dll"));
        WriteAppHost("../Messages.dll");
        var tool = WithoutMessages(scene) with { Folder = _folder.CreateSubdirectory("services").FullName };

        Assert.Contains(Json, await tool.TextAsync("tail"), StringComparison.Ordinal);
        tool.Variables["RedisFlow__Messages"] = "no.dll";
        var variable = await tool.RunAsync("tail");
        Assert.Equal(ExitCode.Usage, variable.ExitCode);
        Assert.Contains(
            $"There is no file '{tool.Folder}/no.dll' (from the variable RedisFlow__Messages)",
            variable.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(Json, await tool.TextAsync("tail", "--messages", "../Messages.dll"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_assemblies_are_named_by_options_or_by_numbered_variables()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(1);
        var other = EmittedAssembly.Write(_folder, "Other", EmittedAssembly.File("o.proto", "shop", "OrderPlaced"));
        var tool = WithoutMessages(scene);

        Assert.Contains(
            Json,
            await tool.TextAsync("tail", "--messages", other, "--messages", Tool.Messages),
            StringComparison.Ordinal
        );
        tool.Variables["RedisFlow__Messages__0"] = other;
        tool.Variables["RedisFlow__Messages__1"] = Tool.Messages;
        Assert.Contains(Json, await tool.TextAsync("tail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_is_not_built_yet_is_no_failure_but_a_reason()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(1);
        WriteAppHost("../bin/Messages.dll");
        var tool = WithoutMessages(scene) with { Folder = _folder.FullName };

        var result = await tool.RunAsync("tail");

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Contains(
            $"There is no file '{_folder.FullName}/bin/Messages.dll' (from the AppHost's RedisFlow:Messages): build "
                + "the project, or give --messages <assembly.dll>.",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null, null, "Debug")]
    [InlineData(1, null, "Debug")]
    [InlineData(null, 1, "Release")]
    [InlineData(1, 2, "Release")]
    [InlineData(2, 1, "Debug")]
    public void Of_the_builds_that_a_setting_means_the_last_one_is_read(int? debug, int? release, string read)
    {
        WriteAppHost("../bin/{configuration}/Messages.dll");
        Build("Debug", debug);
        Build("Release", release);

        var file = Assert.Single(Settings(_folder.FullName).Messages([]));

        Assert.Equal(Path.Combine(_folder.FullName, "bin", read, "Messages.dll"), file.Path);

        void Build(string configuration, int? hour)
        {
            if (hour is { } built)
            {
                var path = Path.Combine(_folder.CreateSubdirectory($"bin/{configuration}").FullName, "Messages.dll");
                File.WriteAllText(path, "");
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddHours(built));
            }
        }
    }

    [Fact]
    public void This_repository_names_its_messages_its_stream_and_its_groups()
    {
        var settings = Settings(Path.Combine(Tool.Repository, "src"));

        Assert.Equal(Domain.StreamNames.CacheInvalidation, settings.Stream);
        Assert.Equal(Domain.GroupNames.All, settings.GroupsOf(Domain.StreamNames.CacheInvalidation));
        Assert.Empty(settings.GroupsOf("another"));
        Assert.Contains(
            Path.GetRelativePath(Tool.Repository, Assert.Single(settings.Messages([])).Path),
            ((string[])["Debug", "Release"]).Select(configuration =>
                Path.Combine("RedisFlow.Domain", "bin", configuration, "net10.0", "RedisFlow.Domain.dll")
            )
        );
    }

    [Fact]
    public async Task A_type_that_is_unknown_says_how_to_add_it()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var tool = WithoutMessages(scene) with { Input = "{}" };

        var publish = await tool.RunAsync("publish", "--type", "company.updated", "--subject", "s");
        var tail = await tool.RunAsync("tail", "--type", "company.updated");

        foreach (var result in new[] { publish, tail })
        {
            Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
            Assert.Contains(
                "There is no message type 'company.updated' among those that are known: cache.invalidation. "
                    + "--messages <assembly.dll> adds",
                result.Error,
                StringComparison.Ordinal
            );
        }

        var known = await tool.RunAsync(
            "publish",
            "--type",
            "company.updated",
            "--subject",
            "s",
            "--messages",
            Tool.Messages
        );
        Assert.Equal((ExitCode.Ok, ""), (known.ExitCode, known.Error));
    }

    [Fact]
    public async Task A_dead_letter_is_shown_with_or_without_its_type()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        var letter = (await scene.AddLetterAsync()).ToString();
        var tool = WithoutMessages(scene);

        var without = await tool.RunAsync("dlq", "show", letter);
        var with = await tool.RunAsync("dlq", "show", letter, "--messages", Tool.Messages);

        Assert.Matches(@"payload\s+8 bytes of redisflow\.v1\.CompanyUpdated", without.Out);
        Assert.Contains("--messages <assembly.dll>", without.Error, StringComparison.Ordinal);
        Assert.Matches(@"payload\s+\{""companyId"":""7"",""name"":""Acme""\}", with.Out);
        Assert.Equal("", with.Error);
        var listed = (await tool.JsonAsync("dlq", "list")).GetProperty("letters")[0];
        Assert.Equal(8, listed.GetProperty("payloadBytes").GetInt32());
    }

    [Fact]
    public async Task Commands_that_show_no_payload_load_no_assembly()
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var result = await scene.Tool.RunAsync("groups", "--messages", "no.dll");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Connecting.ToolSettings Settings(string folder) =>
        new(
            new Terminal
            {
                In = TextReader.Null,
                Out = TextWriter.Null,
                Error = TextWriter.Null,
                Variables = new Dictionary<string, string>(),
                Folder = folder,
            }
        );

    private static Tool WithoutMessages(Scene scene)
    {
        var variables = new Dictionary<string, string>(scene.Tool.Variables);
        variables.Remove("RedisFlow__Messages");
        return scene.Tool with { Variables = variables };
    }

    private void WriteAppHost(string messages)
    {
        var folder = _folder.CreateSubdirectory("Shop.AppHost").FullName;
        File.WriteAllText(Path.Combine(folder, "Shop.AppHost.csproj"), "<Project />");
        File.WriteAllText(
            Path.Combine(folder, "appsettings.json"),
            $$"""{ "RedisFlow": { "Messages": "{{messages}}" } }"""
        );
    }
}
