using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Commands.DeadLetters;

namespace RedisFlow.Cli.Commands;

/// <summary><c>dlq</c>: the dead letters.</summary>
internal sealed class DlqCommand : CliCommand
{
    public DlqCommand()
        : base("dlq", "Dead letters: messages that a group gave up.")
    {
        Add(new DlqListCommand());
        Add(new DlqShowCommand());
        Add(new DlqRedriveCommand());
        Add(new DlqDropCommand());
    }
}
