using System.Diagnostics;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

/// <summary>The tool as a process: signals, pipes, and what it shows without a command.</summary>
public sealed class ProcessTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    // In its own folder: the tests' folder lacks the assemblies that a shared framework provides to the tests, not to
    // the tool.
    private static readonly string Tool = Path.Combine(
        Tests.Tool.Repository,
        "src",
        "RedisFlow.Cli",
        "bin",
        Folder().Parent!.Name,
        Folder().Name,
        "redisflow.dll"
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT", ExitCode.Interrupted)]
    [InlineData("TERM", ExitCode.Terminated)]
    public async Task A_signal_ends_it_with_its_exit_code(string signal, int exitCode)
    {
        using var process = Start($"test:{Guid.NewGuid():N}", "watch", "--json", "--interval", "50ms");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(Eventually.DefaultLimit);
        try
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(deadline.Token));

            await ProcessSignal.SendAsync(signal, process.Id, deadline.Token);
            await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.Equal((exitCode, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(Stop)));
        }
        finally
        {
            // A shell that runs this in the background has its processes ignore SIGINT.
            process.Kill();
        }
    }

    // https://github.com/dotnet/corefx/issues/40172
    // https://github.com/Backblaze/B2_Command_Line_Tool/issues/1071
    [Trait("Suite", "Reported faults")]
    [Theory]
    [InlineData("tail", "--follow")]
    [InlineData("watch", "--interval", "50ms", "--json")]
    public async Task It_ends_quietly_when_nobody_reads_its_output_any_more(params string[] arguments)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(Eventually.DefaultLimit);
        var stream = $"test:{Guid.NewGuid():N}";
        await PublishAsync(1);
        using var process = Start(stream, arguments);
        try
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(deadline.Token));
            process.StandardOutput.Close();
            while (!process.HasExited)
            {
                // What it shows next is what it cannot show.
                await PublishAsync(2);
            }

            Assert.Equal(
                (ExitCode.Ok, ""),
                (process.ExitCode, await process.StandardError.ReadToEndAsync(deadline.Token))
            );
        }
        finally
        {
            process.Kill();
        }

        async Task PublishAsync(int id)
        {
            using var publish = Start(
                stream,
                "publish",
                "--type",
                "company.updated",
                "--subject",
                "company/{companyId}"
            );
            await publish.StandardInput.WriteAsync($$"""{"companyId":{{id}},"name":"n"}""");
            publish.StandardInput.Close();
            await publish.WaitForExitAsync(deadline.Token);
        }
    }

    /// <remarks>
    /// https://github.com/dotnet/corefx/issues/40172, https://github.com/Backblaze/B2_Command_Line_Tool/issues/1071
    /// </remarks>
    [Fact]
    [Trait("Suite", "Reported faults")]
    public async Task It_ends_while_it_waits_for_messages_when_nobody_reads_its_output_any_more()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(Eventually.DefaultLimit);
        var stream = $"test:{Guid.NewGuid():N}";
        using (var publish = Start(stream, "publish", "--type", "company.updated", "--subject", "company/1"))
        {
            await publish.StandardInput.WriteAsync("{}");
            publish.StandardInput.Close();
            await publish.WaitForExitAsync(deadline.Token);
        }

        // One line a message: nothing more is to be written, which would notice it too.
        using var process = Start(stream, "tail", "--follow", "--json");
        try
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(deadline.Token));
            process.StandardOutput.Close();
            await process.WaitForExitAsync(deadline.Token);

            Assert.Equal(
                (ExitCode.Ok, ""),
                (process.ExitCode, await process.StandardError.ReadToEndAsync(deadline.Token))
            );
        }
        finally
        {
            process.Kill();
        }
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

    [Fact]
    public async Task On_a_screen_there_is_a_progress_bar_and_a_live_table()
    {
        var stream = $"test:{Guid.NewGuid():N}";
        var folder = Directory.CreateTempSubdirectory("redisflow-cli-");
        try
        {
            var file = Path.Combine(folder.FullName, "one.json");
            await File.WriteAllTextAsync(file, "{}", Stop);

            var publish = await OnScreenAsync(
                stream,
                $"publish {file} --type company.updated --subject s --count 3000"
            );
            Assert.Contains("Publishing", publish, StringComparison.Ordinal);
            Assert.Contains("100%", publish, StringComparison.Ordinal);
            Assert.Contains("3,000 messages are published", publish, StringComparison.Ordinal);

            var watch = await OnScreenAsync(stream, "watch --count 3 --interval 50ms");
            Assert.Contains("3,000 entries", watch, StringComparison.Ordinal);
            Assert.Contains("\u001b[", watch, StringComparison.Ordinal); // drawn over again
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
        foreach (
            var command in new[]
            {
                "",
                "watch",
                "tail",
                "groups",
                "pending",
                "dlq",
                "dlq list",
                "dlq show",
                "dlq redrive",
                "dlq drop",
                "claim",
                "replay",
                "retire",
                "publish",
                "doctor",
            }
        )
        {
            var help = await new Tool().RunAsync([
                .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                "--help",
            ]);

            Assert.Equal(ExitCode.Ok, help.ExitCode);
            Assert.All(
                help.Lines.Where(line => line.StartsWith("  --", StringComparison.Ordinal)),
                line => Assert.Matches(@"^  --\S+( <\S+>)?( \(REQUIRED\))? {2,}\S", line)
            );
        }
    }

    [Fact]
    public async Task Without_a_command_or_with_an_unknown_one_it_is_bad_usage()
    {
        foreach (
            var args in new string[][]
            {
                [],
                ["explode"],
                ["groups", "--explode"],
                ["watch", "--count", "0"],
                ["watch", "--interval", "1ms"],
            }
        )
        {
            var result = await new Tool().RunAsync(args);

            Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Out));
            Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Runs it on a terminal, which util-linux's <c>script</c> provides.</summary>
    private async Task<string> OnScreenAsync(string stream, string command)
    {
        using var process = StartProgram("script", stream, "-qec", $"dotnet '{Tool}' {command}", "/dev/null");
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == ExitCode.Ok, text);
        return text;
    }

    private Process Start(string stream, params string[] args) => StartProgram("dotnet", stream, [Tool, .. args]);

    private Process StartProgram(string program, string stream, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__redis"] = redis.Server.ConnectionString;
        start.Environment["Streams__Name"] = stream;
        start.Environment["RedisFlow__Messages"] = Tests.Tool.Messages;
        start.Environment["TERM"] = "xterm";
        return Process.Start(start)!;
    }

    private static DirectoryInfo Folder() => new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
}
