using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Recording;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Processes;

/// <summary>
/// One member of the system, through all the processes that it lives as. Its process has one fault at a time: a second
/// one waits until the first is over.
/// </summary>
/// <param name="output">The run's directory.</param>
internal abstract class ProcessSlot(string output) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<string> _incidents = [];

    /// <summary>Processes that were started for this member.</summary>
    public int Incarnations { get; private set; }

    /// <summary>What went wrong beyond the faults.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    /// <summary>The process that it is now.</summary>
    protected HarnessProcess? Current { get; private set; }

    /// <summary>Starts it.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        GuardedAsync(() => LaunchAsync(cancellationToken), cancellationToken);

    /// <summary>Freezes it for a while.</summary>
    /// <returns>Which process it was, and since when.</returns>
    public Task<(string Process, long At)> FreezeAsync(TimeSpan length, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                var process = Running();
                var frozen = (process.Name, Stopwatch.GetTimestamp());
                await process.SignalAsync("STOP");
                try
                {
                    await Task.Delay(length, cancellationToken);
                }
                finally
                {
                    await process.SignalAsync("CONT");
                }

                return frozen;
            },
            cancellationToken
        );

    /// <summary>Stops it as an orchestrator would.</summary>
    public Task StopAsync() => GuardedAsync(() => EndAsync(terminate: true), CancellationToken.None);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (Current is not null)
        {
            await Current.DisposeAsync();
        }
    }

    /// <summary>Starts the next process.</summary>
    protected abstract Task LaunchAsync(CancellationToken cancellationToken);

    /// <summary>Starts the next process.</summary>
    /// <param name="instance">What it is called, without its number.</param>
    /// <param name="role">Its role.</param>
    /// <param name="arguments">What it is started with, by its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected async Task<HarnessProcess> LaunchAsync<T>(
        string instance,
        string role,
        Func<string, T> arguments,
        CancellationToken cancellationToken
    )
    {
        Incarnations++;
        var name = string.Create(CultureInfo.InvariantCulture, $"{instance}.{Incarnations}");
        return Current = await HarnessProcess.StartAsync(
            name,
            role,
            arguments(name),
            RunFiles.Log(output, name),
            cancellationToken
        );
    }

    /// <summary>Ends the process.</summary>
    /// <param name="terminate">Whether by SIGTERM.</param>
    protected virtual async Task EndAsync(bool terminate)
    {
        var process = Running();
        if (terminate)
        {
            try
            {
                await process.StopAsync();
            }
            catch (TimeoutException)
            {
                _incidents.Add($"{process.Name} did not end after SIGTERM.");
            }
        }

        Current = null;
        await process.DisposeAsync();
    }

    /// <summary>The process, which should run at this moment.</summary>
    /// <exception cref="InvalidOperationException">It was never started, or did not come back.</exception>
    protected HarnessProcess Running()
    {
        var process = Current ?? throw new InvalidOperationException("The process did not come back.");
        if (process.HasExited)
        {
            _incidents.Add($"{process.Name} ended by itself; see its log.");
        }

        return process;
    }

    /// <summary>Does something to the process after everything else that is done to it.</summary>
    protected Task GuardedAsync(Func<Task> action, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                await action();
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc cref="GuardedAsync(Func{Task}, CancellationToken)"/>
    protected async Task<T> GuardedAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
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
