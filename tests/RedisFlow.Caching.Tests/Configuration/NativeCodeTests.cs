using System.Diagnostics;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// The libraries as native code: a program with all of them is published, without a warning of their trimming, and does
/// what it does elsewhere.
/// </summary>
[Collection(nameof(BusyTests))]
public sealed class NativeCodeTests(RedisFixture redis)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_native_program_caches_and_invalidates_and_gives_every_reader_its_own_copy()
    {
        if (RedisTiers.Current != RedisTier.Distribution || RedisTopologies.Current != RedisTopology.OneServer)
        {
            // What is compiled does not depend on the servers, and takes its time.
            return;
        }

        var folder = Directory.CreateTempSubdirectory("redisflow-aot-");
        try
        {
            var (code, output) = await RunAsync(
                "dotnet",
                "publish",
                Path.Combine(Root(), "tests", "RedisFlow.Aot"),
                "--artifacts-path",
                folder.FullName,
                "--output",
                Path.Combine(folder.FullName, "out"),
                "--use-current-runtime",
                "--nologo",
                "-nodeReuse:false",
                "-p:UseSharedCompilation=false"
            );
            Assert.True(code == 0, output);
            Assert.DoesNotContain("warning IL", output, StringComparison.Ordinal);

            (code, output) = await RunAsync(
                Path.Combine(folder.FullName, "out", "RedisFlow.Aot"),
                redis.Server.ConnectionString
            );
            Assert.True(code == 0, output);
            Assert.Equal("well", output.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RedisFlow.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return folder.FullName;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Cancellation);
            var errors = process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation).WaitAsync(Limit, Cancellation);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
