using System.Globalization;
using RedisFlow.Chaos.Recording;

namespace RedisFlow.Chaos.Processes;

/// <summary>
/// One of a group's workers, through all the processes that it lives as. One fault at a time: a second one waits until the first is over.
/// </summary>
internal sealed class WorkerSlot(string group, int number, string connection, ChaosOptions options) : IAsyncDisposable
{
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
    public Task StartAsync(CancellationToken cancellationToken) => GuardedAsync(() => LaunchAsync(cancellationToken), cancellationToken);

    /// <summary>Kills the worker, and starts it again.</summary>
    public Task KillAsync(TimeSpan down, bool newInstance, CancellationToken cancellationToken) => GuardedAsync(
        async () =>
        {
            NoteIfEnded();
            await _process!.DisposeAsync();
            await Task.Delay(down, cancellationToken);
            _identity += newInstance ? 1 : 0;
            await LaunchAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Freezes the worker for a while.</summary>
    public Task FreezeAsync(TimeSpan length, CancellationToken cancellationToken) => GuardedAsync(
        async () =>
        {
            NoteIfEnded();
            await _process!.SignalAsync("STOP");
            try
            {
                await Task.Delay(length, cancellationToken);
            }
            finally
            {
                await _process.SignalAsync("CONT");
            }
        },
        cancellationToken);

    /// <summary>Stops the worker as an orchestrator would.</summary>
    public Task StopAsync() => GuardedAsync(
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
        },
        CancellationToken.None);

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
            new WorkerArguments(connection, group, Instance, options.Lease, options.Lossy, RunFiles.Handled(options.Output, group, name)).ToArray(),
            RunFiles.Log(options.Output, name),
            cancellationToken);
    }

    private void NoteIfEnded()
    {
        if (_process!.HasExited)
        {
            _incidents.Add($"{_process.Name} ended by itself; see its log.");
        }
    }

    private async Task GuardedAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            _gate.Release();
        }
    }
}
