using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Recording;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Processes;

/// <summary>
/// One of a group's workers, through all the processes that it lives as. One fault at a time: a second one waits until
/// the first is over.
/// </summary>
internal sealed class WorkerSlot(string group, int number, WorkerKind kind, string connection, ChaosOptions options)
    : IAsyncDisposable
{
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<string> _incidents = [];
    private ChildProcess? _process;
    private int _incarnation;
    private int _identity = 1;

    /// <summary>The group.</summary>
    public string Group => group;

    /// <summary>Processes that were started for this worker.</summary>
    public int Incarnations => _incarnation;

    /// <summary>What went wrong beyond the faults.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    private string Instance => string.Create(CultureInfo.InvariantCulture, $"{group}-{number}-{_identity}");

    /// <summary>Starts the worker.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                await LaunchAsync(cancellationToken);
                return true;
            },
            cancellationToken
        );

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
                NoteIfEnded();
                if (whileBusy)
                {
                    await AwaitHandlingAsync(cancellationToken);
                }

                var killed = (_process!.Name, Stopwatch.GetTimestamp());
                await _process!.DisposeAsync();
                await Task.Delay(down, cancellationToken);
                _identity += newInstance ? 1 : 0;
                await LaunchAsync(cancellationToken);
                return killed;
            },
            cancellationToken
        );

    /// <summary>Freezes the worker for a while.</summary>
    /// <returns>Which process it was, and since when.</returns>
    public Task<(string Process, long At)> FreezeAsync(TimeSpan length, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                NoteIfEnded();
                var frozen = (_process!.Name, Stopwatch.GetTimestamp());
                await _process.SignalAsync("STOP");
                try
                {
                    await Task.Delay(length, cancellationToken);
                }
                finally
                {
                    await _process.SignalAsync("CONT");
                }

                return frozen;
            },
            cancellationToken
        );

    /// <summary>Stops the worker as an orchestrator would.</summary>
    public Task StopAsync() =>
        GuardedAsync(
            async () =>
            {
                NoteIfEnded();
                try
                {
                    await _process!.StopAsync();
                }
                catch (TimeoutException)
                {
                    _incidents.Add($"{_process!.Name} did not end after SIGTERM.");
                }

                return true;
            },
            CancellationToken.None
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Instance}.{++_incarnation}");
        _process = await ChildProcess.StartAsync(
            name,
            new WorkerArguments(
                connection,
                group,
                Instance,
                kind,
                options.LeaseDuration,
                options.Seed,
                options.Work,
                options.Failing,
                RunFiles.Handled(options.Output, group, name)
            ).ToArray(),
            RunFiles.Log(options.Output, name),
            cancellationToken
        );
    }

    /// <summary>
    /// Waits until the worker has handled a few more messages: then it is amid what it read. Not for long: there may be
    /// none.
    /// </summary>
    private async Task AwaitHandlingAsync(CancellationToken cancellationToken)
    {
        var record = new FileInfo(RunFiles.Handled(options.Output, group, _process!.Name));
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

    private void NoteIfEnded()
    {
        if (_process!.HasExited)
        {
            _incidents.Add($"{_process.Name} ended by itself; see its log.");
        }
    }

    private async Task<T> GuardedAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            _gate.Release();
        }
    }
}
