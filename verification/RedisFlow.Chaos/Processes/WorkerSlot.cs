using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Recording;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Processes;

/// <summary>One of a group's workers.</summary>
internal sealed class WorkerSlot(string group, int number, WorkerKind kind, string connection, ChaosOptions options)
    : ProcessSlot(options.Output)
{
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(5);

    private int _identity = 1;

    /// <summary>The group.</summary>
    public string Group => group;

    private string Instance => string.Create(CultureInfo.InvariantCulture, $"{group}-{number}-{_identity}");

    /// <summary>Kills the worker, and starts it again.</summary>
    /// <returns>Which process it was, and when it was killed.</returns>
    public Task<(string Process, long At)> KillAsync(
        TimeSpan down,
        bool newInstance,
        bool whileBusy,
        CancellationToken cancellationToken
    ) =>
        GuardedAsync(
            async () =>
            {
                var name = Running().Name;
                if (whileBusy)
                {
                    await AwaitHandlingAsync(name, cancellationToken);
                }

                var killed = (name, Stopwatch.GetTimestamp());
                await EndAsync(terminate: false);
                await Task.Delay(down, cancellationToken);
                _identity += newInstance ? 1 : 0;
                await LaunchAsync(cancellationToken);
                return killed;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    protected override Task LaunchAsync(CancellationToken cancellationToken) =>
        LaunchAsync(
            Instance,
            Roles.Worker,
            name => new WorkerArguments(
                connection,
                group,
                Instance,
                kind,
                options.LeaseDuration,
                options.Seed,
                options.Work,
                options.Failing,
                RunFiles.Handled(options.Output, group, name)
            ),
            cancellationToken
        );

    /// <summary>
    /// Waits until the worker has handled a few more messages: then it is amid what it read. Not for long: there may be
    /// none.
    /// </summary>
    private async Task AwaitHandlingAsync(string process, CancellationToken cancellationToken)
    {
        var record = new FileInfo(RunFiles.Handled(options.Output, group, process));
        var before = record.Length;
        try
        {
            await Eventually.Until(
                () =>
                {
                    record.Refresh();
                    return record.Length > before;
                },
                BusyLimit,
                cancellationToken
            );
        }
        catch (TimeoutException)
        {
            // It has nothing to do.
        }
    }
}
