using System.Text.Json;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

/// <summary>Runs the tool in this process, with its own streams, variables and folder.</summary>
internal sealed record Tool
{
    /// <summary>The variables; by default none, so that nothing of the machine gets in.</summary>
    public Dictionary<string, string> Variables { get; init; } = [];

    public string Folder { get; init; } = Path.GetTempPath();

    public string Input { get; init; } = "";

    /// <summary>Whether a user can answer, and looks at the progress.</summary>
    public bool IsAttended { get; init; }

    /// <summary>The root of this repository, from tests/RedisFlow.Cli.Tests/bin/{configuration}/{framework}.</summary>
    public static string Repository { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    /// <summary>The assembly with the messages of the tests.</summary>
    public static string Messages { get; } = Path.Combine(AppContext.BaseDirectory, "RedisFlow.Domain.dll");

    /// <summary>A tool that finds the server, the stream and the messages by variables.</summary>
    public static Tool On(RedisDeployment server, string stream) =>
        new()
        {
            Variables = new()
            {
                ["ConnectionStrings__redis"] = server.ConnectionString,
                ["Streams__Name"] = stream,
                ["RedisFlow__Messages"] = Messages,
            },
        };

    public Task<ToolResult> RunAsync(params string[] args) =>
        RunAsync(new Output(), TestContext.Current.CancellationToken, args);

    public async Task<ToolResult> RunAsync(Output output, CancellationToken stop, params string[] args)
    {
        var error = new Output();
        var terminal = new Terminal
        {
            In = new StringReader(Input),
            Out = output,
            Error = error,
            CanAsk = IsAttended,
            IsErrorScreen = IsAttended,
            Variables = Variables,
            Folder = Folder,
        };
        var exitCode = await Program.RunAsync(args, terminal, stop);
        return new ToolResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed, and reads its JSON document.</summary>
    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        var result = await RunAsync([.. args, "--json"]);
        Assert.True(result.ExitCode == ExitCode.Ok, result.ToString());
        return result.Json;
    }

    /// <summary>Runs a command that must succeed, and reads its text.</summary>
    public async Task<string> TextAsync(params string[] args)
    {
        var result = await RunAsync(args);
        Assert.True(result.ExitCode == ExitCode.Ok, result.ToString());
        return result.Out;
    }
}

/// <summary>How a run ended.</summary>
internal sealed record ToolResult(int ExitCode, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>The documents on standard output, one a line.</summary>
    public JsonElement[] JsonLines => [.. Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    public override string ToString() => $"exit code {ExitCode}\n{Out}\n{Error}";
}
