using RedisFlow.Testing;

namespace RedisFlow.Packaging;

/// <summary>A console program that has RedisFlow.Streams as a package, and nothing else of RedisFlow.</summary>
[Collection(nameof(PackedLibraries))]
public sealed class MinimalConsoleTests(PackedLibraries libraries)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_handles_the_message_that_it_publishes_and_ends()
    {
        var program = await libraries.BuildSampleAsync("Console", Cancellation);
        await using var redis = await RedisServer.StartAsync(Cancellation);

        await using var sample = ChildProcess.Start(
            program,
            [],
            new Dictionary<string, string> { ["ConnectionStrings__redis"] = redis.ConnectionString }
        );

        Assert.True(await sample.ExitAsync(Cancellation) == 0, sample.Output);
        Assert.Contains("Invoice for order 7: 42 EUR", sample.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(program)!, "RedisFlow.Streams.dll")));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(program)!, "Microsoft.AspNetCore.*"));
    }
}
