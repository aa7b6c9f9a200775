using System.CommandLine;

namespace RedisFlow.Cli.CommandLine;

/// <summary>A command: its options, and what it does.</summary>
internal abstract class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Connects the command, and those below it, to the tool.</summary>
    public void Attach(Func<ParseResult, Invocation> begin)
    {
        if (Subcommands.Count == 0)
        {
            SetAction((parse, stop) => ExecuteAsync(begin(parse), stop));
        }

        foreach (var command in Subcommands.OfType<CliCommand>())
        {
            command.Attach(begin);
        }
    }

    /// <summary>Runs the command; returns the exit code.</summary>
    protected virtual Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop) =>
        throw new InvalidOperationException($"The command {Name} only has commands below it.");
}
