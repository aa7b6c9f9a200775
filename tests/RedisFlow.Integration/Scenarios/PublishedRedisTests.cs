using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RedisFlow.Domain;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>What the AppHost's Redis container is told to run. Nothing is started.</summary>
public sealed class PublishedRedisTests
{
    private const string Settings = "--appendonly yes --appendfsync everysec --maxmemory-policy noeviction";

    [Fact]
    public async Task Should_KeepItsDataAndItsSignals_When_ItIsPublished()
    {
        var arguments = await ArgumentsAsync(DistributedApplicationOperation.Publish);

        // What follows the command line of "sh -c" would be ignored.
        Assert.Equal(2, arguments.Count);
        Assert.Equal("-c", arguments[0]);
        Assert.StartsWith(
            "exec redis-server --requirepass \"$REDIS_PASSWORD\" ",
            arguments[1],
            StringComparison.Ordinal
        );
        Assert.EndsWith(Settings, arguments[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_KeepItsDataAndItsSignals_When_ItIsRun()
    {
        var line = string.Join(' ', await ArgumentsAsync(DistributedApplicationOperation.Run));

        Assert.StartsWith("exec redis-server --requirepass \"$REDIS_PASSWORD\" ", line, StringComparison.Ordinal);
        Assert.EndsWith(Settings, line, StringComparison.Ordinal);
    }

    /// <remarks>https://github.com/docmost/docmost/issues/512</remarks>
    [Theory]
    [Trait("Suite", "Reported faults")]
    [InlineData(DistributedApplicationOperation.Publish)]
    [InlineData(DistributedApplicationOperation.Run)]
    public async Task Should_GiveTheServerItsPasswordAsItIs_When_TheShellCouldReadMoreInIt(
        DistributedApplicationOperation operation
    )
    {
        const string Password = """my  "pass" 'word' \\n $HOME $(id) `id` ; # & * = %41 ü""";
        var arguments = await ArgumentsAsync(operation);
        var line = operation == DistributedApplicationOperation.Publish ? arguments[1]! : string.Join(' ', arguments);

        // In place of the server, a program that shows its arguments, one a line.
        line = line.Replace("exec redis-server", "printf '%s\\n'", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true };
        start.Environment["REDIS_PASSWORD"] = Password;
        using var shell = Process.Start(start)!;
        var seen = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["--requirepass", Password, "--save"], seen.Split('\n')[..3]);
    }

    private static async Task<IReadOnlyList<string?>> ArgumentsAsync(DistributedApplicationOperation operation)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
            ["--Redis:Mode=container"],
            stop
        );
        var redis = builder.Resources.Single(resource => resource.Name == ResourceNames.Redis);
        var arguments = new List<object>();
        var context = new CommandLineArgsCallbackContext(arguments, redis, stop) { ExecutionContext = new(operation) };
        foreach (var callback in redis.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return [.. arguments.Select(argument => argument.ToString())];
    }
}
