using System.CommandLine;
using RedisFlow.Cli.Connecting;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Parses, runs a command, and turns what goes wrong into a message and an exit code. Nothing that is a secret leaves
/// it.
/// </summary>
internal sealed class CommandLineApp(string description, Terminal terminal)
{
    private readonly List<CliCommand> _commands = [];

    public CommandLineApp With(CliCommand command)
    {
        _commands.Add(command);
        return this;
    }

    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stop)
    {
        var secrets = new Secrets(terminal.Variables);
        foreach (var word in args)
        {
            // Before anything is said about it: errors repeat words that are not understood.
            secrets.AddFrom(word);
        }

        var root = new RootCommand(description);
        foreach (var option in CommonOptions.All)
        {
            root.Add(option);
        }

        foreach (var command in _commands)
        {
            command.Attach(parse => new Invocation(parse, terminal, secrets));
            root.Add(command);
        }

        // A token with @ is a token: no response files. Options have long names only, so "-1h" is a value.
        var parsed = root.Parse(
            args,
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null }
        );
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await SayAsync(secrets, error.Message);
            }

            await SayAsync(secrets, $"See: {CommandPath(parsed)} --help");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stop
            );
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (OutputClosedException)
        {
            return ExitCode.Ok;
        }
#pragma warning disable CA1031 // The end of the program: every failure becomes a message and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var (exitCode, message) = Failures.Describe(exception);
            await SayAsync(secrets, message);
            return exitCode;
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (
            var result = parsed.CommandResult;
            result is not null;
            result = result.Parent as System.CommandLine.Parsing.CommandResult
        )
        {
            names.Insert(0, result.Command is RootCommand ? "redisflow" : result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private Task SayAsync(Secrets secrets, string message) =>
        terminal.Error.WriteLineAsync($"redisflow: {secrets.Mask(message)}");
}
