using System.Runtime.InteropServices;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Turns the first Ctrl+C or SIGTERM into a cancellation, so that what is under way ends cleanly; the second one ends
/// the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _exitCode = ExitCode.Interrupted;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, ExitCode.Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, ExitCode.Terminated));
    }

    /// <summary>Runs until the end or the first signal.</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> run)
    {
        var exitCode = await run(_stop.Token);
        return exitCode == ExitCode.Interrupted ? _exitCode : exitCode;
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        if (!_stop.IsCancellationRequested)
        {
            signal.Cancel = true;
            _exitCode = exitCode;
            _stop.Cancel();
        }
    }
}
