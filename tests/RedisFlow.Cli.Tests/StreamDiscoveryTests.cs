using System.Globalization;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Cli.Tests;

/// <summary>Which stream a command works on where the command line names none.</summary>
public sealed class StreamDiscoveryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisflow-cli-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_the_only_one_of_the_server_and_of_several_one_must_be_named()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        var tool = new Tool { Variables = new() { ["ConnectionStrings__redis"] = server.ConnectionString } };

        var none = await tool.RunAsync("groups");
        Assert.Equal((ExitCode.Usage, ""), (none.ExitCode, none.Out));
        Assert.Contains("has none yet. Say which with --stream <name>", none.Error, StringComparison.Ordinal);
        Assert.Contains("Streams__Name", none.Error, StringComparison.Ordinal);

        await using var one = await Scene.StartAsync(server);
        await FillAsync(one.Database);
        Assert.Contains(one.Name, await tool.TextAsync("groups"), StringComparison.Ordinal);

        await using var two = await Scene.StartAsync(server);
        var several = await tool.RunAsync("tail");
        Assert.Equal((ExitCode.Usage, ""), (several.ExitCode, several.Out));
        var names = string.Join(", ", new[] { one.Name, two.Name }.Order(StringComparer.Ordinal));
        Assert.Contains($"has {names}. Say which with --stream", several.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_option_wins_over_the_variable_and_the_variable_over_the_settings()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        WriteAppHost();
        var tool = new Tool
        {
            Folder = _folder.FullName,
            Variables = new() { ["ConnectionStrings__redis"] = server.ConnectionString },
        };

        Assert.Equal("settings", await StreamOfAsync(tool));
        tool.Variables["Streams__Name"] = "variable";
        Assert.Equal("variable", await StreamOfAsync(tool));
        Assert.Equal("option", await StreamOfAsync(tool, "--stream", "option"));

        static async Task<string?> StreamOfAsync(Tool tool, params string[] options) =>
            (await tool.JsonAsync(["groups", .. options])).GetProperty("streams")[0].GetProperty("stream").GetString();
    }

    [Fact]
    public async Task A_folder_that_everybody_may_write_to_holds_no_settings()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        WriteAppHost();
        if (OperatingSystem.IsWindows())
        {
            return; // A folder has no such mode there.
        }

        _folder.UnixFileMode |= UnixFileMode.OtherWrite;

        var result = await new Tool
        {
            Folder = _folder.FullName,
            Variables = new() { ["ConnectionStrings__redis"] = server.ConnectionString },
        }.RunAsync("groups");

        Assert.Contains("has none yet", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_from_the_server_reach_the_terminal_without_control_characters()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await connection.GetDatabase().HashSetAsync("{a\u001b]0;}:groups", "g", "0-0");
        await connection.GetDatabase().HashSetAsync("{b}:groups", "g", "0-0");
        var tool = new Tool { Variables = new() { ["ConnectionStrings__redis"] = server.ConnectionString } };

        var several = await tool.RunAsync("tail");

        Assert.Contains("]0;", several.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', several.Error);
    }

    [Fact]
    public async Task Every_master_of_a_cluster_is_searched()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Stop);
        await using var one = await Scene.StartAsync(cluster);
        await using var two = await Scene.StartAsync(cluster);
        await using var three = await Scene.StartAsync(cluster);
        var tool = new Tool { Variables = new() { ["ConnectionStrings__redis"] = cluster.ConnectionString } };

        var error = (await tool.RunAsync("groups")).Error;

        Assert.All(new[] { one, two, three }, scene => Assert.Contains(scene.Name, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_who_may_not_look_for_it_must_name_it()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        using (var connection = await server.ConnectAsync(admin: true))
        {
            await connection
                .GetDatabase()
                .ExecuteAsync("ACL", "SETUSER", "operator", "on", ">secret", "~*", "+@all", "-scan");
        }

        var address = string.Create(CultureInfo.InvariantCulture, $"redis://operator:secret@127.0.0.1:{server.Port}");
        var result = await new Tool().RunAsync("groups", "--redis", address);

        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
        Assert.Contains("does not let it be looked for: NOPERM", result.Error, StringComparison.Ordinal);
        Assert.Contains("--stream", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Adds keys that take several pages, and one of the same form with another type.</summary>
    private static async Task FillAsync(IDatabase database)
    {
        await database.StringSetAsync([
            .. Enumerable
                .Range(0, 5000)
                .Select(i => KeyValuePair.Create((RedisKey)i.ToString(CultureInfo.InvariantCulture), (RedisValue)i)),
        ]);
        await database.StringSetAsync("{not}:groups", "x");
    }

    private void WriteAppHost()
    {
        var folder = _folder.CreateSubdirectory("Shop.AppHost").FullName;
        File.WriteAllText(Path.Combine(folder, "Shop.AppHost.csproj"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{ "RedisFlow": { "Stream": "settings" } }""");
    }
}
