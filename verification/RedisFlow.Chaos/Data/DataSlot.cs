using RedisFlow.Chaos.Processes;

namespace RedisFlow.Chaos.Data;

/// <summary>A writer or a reader, through all the processes that it lives as.</summary>
/// <param name="output">The run's directory.</param>
/// <param name="instance">Its name.</param>
/// <param name="role">What it is.</param>
/// <param name="arguments">What it is started with, by the name of the process.</param>
internal sealed class DataSlot(string output, string instance, string role, Func<string, DataArguments> arguments)
    : ProcessSlot(output)
{
    /// <summary>SIGKILL, and the next process.</summary>
    public Task KillAsync(CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                await EndAsync(terminate: false);
                await LaunchAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    protected override Task LaunchAsync(CancellationToken cancellationToken) =>
        LaunchAsync(instance, role, arguments, cancellationToken);
}
