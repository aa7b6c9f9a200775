using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Chaos.Processes;

/// <summary>A process of the harness's own executable. Its output goes to a file.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Task _pumping;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, string name, string logPath)
    {
        _process = process;
        Name = name;
        _log = new StreamWriter(logPath);
        _pumping = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>What the report calls it.</summary>
    public string Name { get; }

    /// <summary>What it said about itself when it was ready, e.g. its port; empty if nothing.</summary>
    public string Announcement => _ready.Task.IsCompletedSuccessfully ? _ready.Task.Result : "";

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the process and waits until it works.</summary>
    /// <exception cref="InvalidOperationException">It did not get so far; the message says where its output
    /// is.</exception>
    public static async Task<ChildProcess> StartAsync(
        string name,
        string[] arguments,
        string logPath,
        CancellationToken cancellationToken
    )
    {
        // The assembly rather than the running process, which may be a test runner.
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        var process = Process.Start(start)!;
        var child = new ChildProcess(process, name, logPath);
        try
        {
            var ended = child._process.WaitForExitAsync(cancellationToken);
            if (await Task.WhenAny(child._ready.Task, ended).WaitAsync(StartLimit, cancellationToken) == ended)
            {
                throw new InvalidOperationException($"{name} ended before it was ready; see {logPath}.");
            }

            return child;
        }
        catch (Exception exception)
        {
            await child.DisposeAsync();
            throw exception is TimeoutException
                ? new InvalidOperationException($"{name} was not ready within {StartLimit}; see {logPath}.")
                : exception;
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal, e.g. <c>STOP</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <exception cref="TimeoutException">The process did not end in time.</exception>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
        }

        await _process.WaitForExitAsync().WaitAsync(StopLimit);
    }

    /// <summary>Ends the process if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _pumping;
        await _log.DisposeAsync();
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.Split(' ', 2) is [Roles.ReadyLine, .. var announcement])
            {
                _ready.TrySetResult(announcement is [var said] ? said : "");
                continue;
            }

            lock (_log)
            {
                _log.WriteLine(line);
            }
        }
    }
}
