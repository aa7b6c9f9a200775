using System.Diagnostics;
using System.Globalization;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Tests;

/// <summary>The tool as a process: signals, pipes, and what it shows without a command.</summary>
public sealed class ProcessTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT", ExitCode.Interrupted)]
    [InlineData("TERM", ExitCode.Terminated)]
    public async Task A_signal_ends_it_with_its_exit_code(string signal, int exitCode)
    {
        using var process = Start($"test:{Guid.NewGuid():N}", "watch", "--json", "--interval", "50ms");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(Stop));

        using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Stop);
        }

        await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal((exitCode, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(Stop)));
    }

    [Fact]
    public async Task It_publishes_from_a_pipe_and_tails_into_one()
    {
        var stream = $"test:{Guid.NewGuid():N}";
        using (var publish = Start(stream, "publish", "--type", "company.updated", "--subject", "company/{companyId}"))
        {
            await publish.StandardInput.WriteAsync("{\"companyId\":1,\"name\":\"Käse & 車\"}");
            publish.StandardInput.Close();
            await publish.WaitForExitAsync(Stop);
            Assert.Equal((ExitCode.Ok, ""), (publish.ExitCode, await publish.StandardError.ReadToEndAsync(Stop)));
        }

        using var tail = Start(stream, "tail");
        var text = await tail.StandardOutput.ReadToEndAsync(Stop);
        await tail.WaitForExitAsync(Stop);

        Assert.Equal(ExitCode.Ok, tail.ExitCode);
        Assert.Contains("Käse & 車", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("publish", "--help")]
    [InlineData("dlq", "--help")]
    [InlineData("dlq", "drop", "--help")]
    public async Task Help_is_no_failure(params string[] args)
    {
        var result = await new Tool().RunAsync(args);

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Contains("--redis", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_and_option_is_described()
    {
        foreach (var command in new[] { "", "watch", "tail", "groups", "pending", "dlq", "dlq list", "dlq show", "dlq redrive", "dlq drop", "claim", "replay", "publish", "doctor" })
        {
            var help = await new Tool().RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

            Assert.Equal(ExitCode.Ok, help.ExitCode);
            Assert.All(
                help.Lines.Where(line => line.StartsWith("  --", StringComparison.Ordinal)),
                line => Assert.Matches(@"^  --\S+( <\S+>)?( \(REQUIRED\))? {2,}\S", line));
        }
    }

    [Fact]
    public async Task Without_a_command_or_with_an_unknown_one_it_is_bad_usage()
    {
        foreach (var args in new string[][] { [], ["explode"], ["groups", "--explode"], ["watch", "--count", "0"], ["watch", "--interval", "1ms"] })
        {
            var result = await new Tool().RunAsync(args);

            Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
            Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        }
    }

    private Process Start(string stream, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__redis"] = redis.Server.ConnectionString;
        start.Environment["Streams__Name"] = stream;
        return Process.Start(start)!;
    }
}
