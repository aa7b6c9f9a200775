using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

/// <summary>
/// No password is ever written, whatever the command, the form of its answer and the way in which it fails.
/// </summary>
public sealed class SecretTests(SecretTests.ProtectedRedis redis) : IClassFixture<SecretTests.ProtectedRedis>
{
    private const string Password = "hunter2-Zm9v";

    public static TheoryData<string> Commands =>
        [
            "watch --count 1",
            "tail --from beginning",
            "groups",
            "pending",
            "pending missing",
            "dlq list",
            "dlq show 1-1",
            "dlq redrive 1-1",
            "dlq drop --all --yes",
            "claim missing",
            "replay missing --from beginning --yes",
            "publish --type company.deleted --subject s",
            "doctor",
            "doctor --group g",
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task No_command_echoes_the_password(string command)
    {
        var words = command.Split(' ');
        var good = $"127.0.0.1:{redis.Server.Port},password={Password}";
        var tool = new Tool
        {
            Input = "{}",
            Variables = new()
            {
                ["ConnectionStrings__redis"] = good,
                ["Streams__Name"] = "test:secrets",
                ["RedisFlow__Messages"] = Tool.Messages,
            },
        };

        Unseen(await tool.RunAsync(words));
        Unseen(await tool.RunAsync([.. words, "--json"]));
        Unseen(await tool.RunAsync([.. words, "--redis", $"redis://:{Password}@127.0.0.1:{redis.Server.Port}"]));

        static void Unseen(ToolResult result)
        {
            Assert.True(result.ExitCode is ExitCode.Ok or ExitCode.Failed, result.ToString());
            Assert.DoesNotContain(Password, result.Out + result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_password_is_told_from_a_server_that_is_not_there_and_not_echoed()
    {
        foreach (
            var connection in new[]
            {
                $"127.0.0.1:{redis.Server.Port},password=wrong-{Password}",
                $"127.0.0.1:{redis.Server.Port}",
            }
        )
        {
            var result = await new Tool().RunAsync("groups", "--redis", connection, "--connect-timeout", "500ms");

            Assert.Equal(ExitCode.NoConnection, result.ExitCode);
            Assert.Contains("refuses the password", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("groups --redsi host:1,password=@")]
    [InlineData("groups host:1,password=@")]
    [InlineData("groups redis://me:@@host:1")]
    [InlineData("groups --redis host:1,password=@ --limit x")]
    [InlineData("groups --redis nowhere.invalid:1,password=@,more --connect-timeout 200ms")]
    public async Task A_mistyped_command_line_does_not_echo_it_either(string command)
    {
        var result = await new Tool().RunAsync(
            command
                .Replace("@", Password, StringComparison.Ordinal)
                .Replace($"{Password}{Password}", $"{Password}@", StringComparison.Ordinal)
                .Split(' ')
        );

        Assert.True(result.ExitCode is ExitCode.Usage or ExitCode.NoConnection, result.ToString());
        Assert.NotEmpty(result.Error);
        Assert.DoesNotContain(Password, result.Out + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--redsi")]
    [InlineData("--redis")]
    public async Task A_password_with_spaces_and_quotes_is_not_echoed_in_part(string option)
    {
        var result = await new Tool().RunAsync(
            "groups",
            option,
            "nowhere.invalid:1,password=my sec\"ret",
            "--connect-timeout",
            "200ms"
        );

        Assert.NotEqual(ExitCode.Ok, result.ExitCode);
        Assert.DoesNotContain("ret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_taken_out_of_any_text()
    {
        var secrets = new Secrets(new Dictionary<string, string> { ["ConnectionStrings__redis"] = "a:1,password=one" });
        secrets.Add(new ConnectionTarget("b:1,Password = onetwo,ssl=true", "here"));

        Assert.Equal(
            "***, ***, password=***,x redis://:***@h",
            secrets.Mask("one, onetwo, password=three,x redis://:four@h")
        );
    }

    /// <summary>A server with a password.</summary>
    public sealed class ProtectedRedis : IAsyncLifetime
    {
        private RedisServer? _server;

        public RedisServer Server => _server!;

        public async ValueTask InitializeAsync()
        {
            _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
            using var connection = await _server.ConnectAsync(admin: true);
            await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "requirepass", Password);
        }

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? default;
    }
}
