using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class ConnectionTests(RedisFixture redis) : IClassFixture<RedisFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisflow-cli-");

    [Fact]
    public async Task The_option_wins_over_the_variable_and_the_variable_over_the_settings()
    {
        WriteAppHost(
            """{ "ConnectionStrings": { "redis": "127.0.0.1:1" }, "RedisFlow": { "Stream": "test:settings" } }"""
        );
        var tool = new Tool
        {
            Folder = _folder.FullName,
            Variables = new() { ["ConnectionStrings__redis"] = "127.0.0.1:1" },
        };

        Assert.Equal(ExitCode.Ok, (await tool.RunAsync("groups", "--redis", redis.Server.ConnectionString)).ExitCode);
        var bad = await (
            tool with
            {
                Variables = new() { ["ConnectionStrings__redis"] = redis.Server.ConnectionString },
            }
        ).RunAsync("groups");
        Assert.Equal(ExitCode.Ok, bad.ExitCode);
        var settings = await (tool with { Variables = [] }).RunAsync("groups", "--connect-timeout", "200ms");
        Assert.Equal(ExitCode.NoConnection, settings.ExitCode);
        Assert.Contains(
            "127.0.0.1:1 within 200ms (from the AppHost's ConnectionStrings:redis)",
            settings.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_server_that_the_apphost_runs_as_a_process_is_found_from_folders_below()
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        using (var connection = await server.ConnectAsync(admin: true))
        {
            await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "requirepass", "hunter2");
        }

        WriteAppHost("""{ "RedisFlow": { "Stream": "test:settings" } }""");
        WriteRedisConf($"bind 127.0.0.1\nport {server.Port}\nrequirepass hunter2\n");
        var below = _folder.CreateSubdirectory("services").CreateSubdirectory("billing");

        var result = await new Tool { Folder = below.FullName }.RunAsync("groups");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public void A_container_on_a_fixed_port_is_found_by_the_password_among_the_user_secrets()
    {
        WriteAppHost("""{ "Redis": { "Mode": "container", "Port": "6400" } }""");
        var secrets = _folder
            .CreateSubdirectory(".microsoft")
            .CreateSubdirectory("usersecrets")
            .CreateSubdirectory("redisflow-apphost");
        File.WriteAllText(
            Path.Combine(secrets.FullName, "secrets.json"),
            """{ "Parameters:redis-password": "hunter2" }"""
        );
        WriteRedisConf("port 1\nrequirepass stale\n");

        var target = ConnectionTarget.Resolve(null, new ToolSettings(Terminal(("HOME", _folder.FullName))));

        Assert.Equal("127.0.0.1:6400,password=hunter2", target.ConnectionString);
    }

    [Fact]
    public void Variables_override_the_settings_of_the_apphost()
    {
        WriteAppHost("""{ "Redis": { "Mode": "container" } }""");
        var data = _folder.CreateSubdirectory("elsewhere");
        File.WriteAllText(Path.Combine(data.FullName, "redis.conf"), "port 6401\nrequirepass \"hunter2\"\n");

        var target = ConnectionTarget.Resolve(
            null,
            new ToolSettings(Terminal(("Redis__Mode", "process"), ("Redis__DataDirectory", data.FullName)))
        );

        Assert.Equal("127.0.0.1:6401,password=hunter2", target.ConnectionString);
    }

    /// <remarks>https://github.com/microsoft/aspire/issues/4642</remarks>
    [Theory]
    [Trait("Suite", "Reported faults")]
    [InlineData("requirepass hunter2", "hunter2")]
    [InlineData("  REQUIREPASS\t\"hunter2\"  ", "hunter2")]
    [InlineData("""requirepass "my \"pass\" \\word' = # $x" """, """my "pass" \word' = # $x""")]
    [InlineData("""requirepass "a\x09b\nc\xc3\xa4ä" """, "a\tb\ncää")]
    [InlineData("""requirepass 'my "pass" \x41 \'word\'' """, """my "pass" \x41 'word'""")]
    [InlineData("requirepass stale\nrequirepass hunter2", "hunter2")]
    [InlineData("# requirepass stale\nrequirepass hunter2", "hunter2")]
    public void A_password_is_read_from_the_file_as_the_server_reads_it(string text, string expected)
    {
        WriteRedisConf($"{text}\n");
        var file = Path.Combine(_folder.FullName, "artifacts", "redis", "redis.conf");

        Assert.Equal((null, expected), RedisConfigurationFile.Read(file));
    }

    [Theory]
    [InlineData("""requirepass "hunter2,ssl=true" """)]
    [InlineData("""requirepass "hunter2 " """)]
    public async Task A_password_that_the_client_cannot_take_is_refused_and_not_repeated(string text)
    {
        WriteAppHost("{}");
        WriteRedisConf($"port 6401\n{text}\n");

        var result = await new Tool { Folder = _folder.FullName }.RunAsync("groups");

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("redis.conf", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_it_says_where_it_looked()
    {
        var nowhere = await new Tool { Folder = _folder.FullName }.RunAsync("groups");
        Assert.Equal((ExitCode.NoConnection, ""), (nowhere.ExitCode, nowhere.Out));
        Assert.Contains("--redis: not given", nowhere.Error, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__redis: not set", nowhere.Error, StringComparison.Ordinal);
        Assert.Contains($"no folder *.AppHost in {_folder.FullName} or above", nowhere.Error, StringComparison.Ordinal);

        WriteAppHost("{}");
        Assert.Contains(
            "no ConnectionStrings:redis; no ",
            (await new Tool { Folder = _folder.FullName }.RunAsync("groups")).Error,
            StringComparison.Ordinal
        );
        WriteRedisConf("requirepass hunter2\n");
        var noPort = (await new Tool { Folder = _folder.FullName }.RunAsync("groups")).Error;
        Assert.Contains("redis.conf has no port", noPort, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", noPort, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://:p%40ss@example.com:7000", "example.com:7000,password=p@ss")]
    [InlineData("redis://me:secret@example.com", "example.com:6379,user=me,password=secret")]
    [InlineData("rediss://:secret@example.com:7000/2", "example.com:7000,password=secret,defaultDatabase=2,ssl=true")]
    [InlineData("redis://example.com", "example.com:6379")]
    [InlineData("a:1,b:2,password=x", "a:1,b:2,password=x")]
    public void Addresses_become_connection_strings(string text, string expected) =>
        Assert.Equal(expected, ConnectionTarget.Of(text, "here").ConnectionString);

    [Theory]
    [InlineData("redis://:hunter2@")]
    [InlineData("redis://:hunter2@host:port")]
    [InlineData("redis://:hunter2,x@host:1")]
    [InlineData("redis://:hunter2%20@host:1")]
    [InlineData("redis://hunter2%2Cpassword=x@host:1")]
    [InlineData("redis://:hunter2@host:1/hunter2")]
    [InlineData("password=hunter2,host:1")]
    [InlineData("host:1,password=hunter2,connectTimeout=hunter2")]
    public async Task What_is_no_connection_is_bad_usage_and_is_not_repeated(string text)
    {
        var result = await new Tool().RunAsync("groups", "--redis", text);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("--redis", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_connection()
    {
        var result = await new Tool().RunAsync("tail", "--redis", "127.0.0.1:1", "--connect-timeout", "300ms");

        Assert.Equal((ExitCode.NoConnection, ""), (result.ExitCode, result.Out));
        Assert.Contains(
            "No connection to Redis at 127.0.0.1:1 within 300ms (from --redis)",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Streams__LeaseDuration", "never")]
    [InlineData("Streams__LeaseDuration", "00:00:00.001")]
    public async Task A_bad_setting_of_the_engine_is_named(string variable, string value)
    {
        var tool = Tool.On(redis.Server, "test:settings");
        tool.Variables[variable] = value;

        var result = await tool.RunAsync("groups");

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("Streams:LeaseDuration", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Terminal Terminal(params (string Name, string Value)[] variables) =>
        new()
        {
            In = TextReader.Null,
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value),
            Folder = _folder.FullName,
        };

    private void WriteAppHost(string settings)
    {
        var folder = _folder.CreateSubdirectory("RedisFlow.AppHost").FullName;
        File.WriteAllText(
            Path.Combine(folder, "RedisFlow.AppHost.csproj"),
            "<Project><PropertyGroup><UserSecretsId>redisflow-apphost</UserSecretsId></PropertyGroup></Project>"
        );
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), settings);
    }

    private void WriteRedisConf(string text) =>
        File.WriteAllText(
            Path.Combine(_folder.CreateSubdirectory("artifacts").CreateSubdirectory("redis").FullName, "redis.conf"),
            text
        );

    [Theory]
    [InlineData("retire", "g")]
    [InlineData("replay", "g", "--from", "-1h")]
    [InlineData("dlq", "drop", "--all")]
    [InlineData("dlq", "redrive", "--all")]
    public async Task What_asks_where_nobody_can_answer_is_refused_before_it_connects(params string[] command)
    {
        var result = await new Tool().RunAsync([.. command, "--redis", "127.0.0.1:1", "--connect-timeout", "300ms"]);

        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
        Assert.Contains("pass --yes", result.Error, StringComparison.Ordinal);
    }
}
