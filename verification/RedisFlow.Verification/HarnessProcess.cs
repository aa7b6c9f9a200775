using System.Diagnostics;
using System.Text.Json;
using RedisFlow.Testing;

namespace RedisFlow.Verification;

/// <summary>A harness's own program in another role, in a process of its own.</summary>
public sealed class HarnessProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StreamWriter? _log;
    private readonly Task _pumping;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HarnessProcess(Process process, string name, string? logPath)
    {
        _process = process;
        Name = name;
        _log = logPath is null ? null : new StreamWriter(logPath);
        _pumping = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>What the report calls it.</summary>
    public string Name { get; }

    /// <summary>What it said about itself when it was ready, e.g. its port; empty if nothing.</summary>
    public string Announcement => _ready.Task.IsCompletedSuccessfully ? _ready.Task.Result : "";

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the process and waits until it works.</summary>
    /// <param name="name">What the report calls it.</param>
    /// <param name="role">Its first argument.</param>
    /// <param name="arguments">What <see cref="HarnessProgram.Arguments"/> reads there, in the program's type.</param>
    /// <param name="logPath">Where its output goes; <c>null</c>: to standard error.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It did not get so far; the message says where its output
    /// is.</exception>
    public static async Task<HarnessProcess> StartAsync<T>(
        string name,
        string role,
        T arguments,
        string? logPath,
        CancellationToken cancellationToken
    )
    {
        // The assembly rather than the running process, which may be a test runner.
        string[] line = ["exec", typeof(T).Assembly.Location, role, JsonSerializer.Serialize(arguments)];
        var process = Process.Start(
            new ProcessStartInfo("dotnet", line)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var child = new HarnessProcess(process, name, logPath);
        var output = logPath ?? "its output above";
        try
        {
            var ended = child._process.WaitForExitAsync(cancellationToken);
            if (await Task.WhenAny(child._ready.Task, ended).WaitAsync(StartLimit, cancellationToken) == ended)
            {
                throw new InvalidOperationException($"{name} ended before it was ready; see {output}.");
            }

            return child;
        }
        catch (Exception exception)
        {
            await child.DisposeAsync();
            throw exception is TimeoutException
                ? new InvalidOperationException($"{name} was not ready within {StartLimit}; see {output}.")
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
    /// <returns>When it was sent; a timestamp of <see cref="Stopwatch"/>.</returns>
    public async Task<long> KillAsync()
    {
        var at = Stopwatch.GetTimestamp();
        _process.Kill();
        await _process.WaitForExitAsync();
        return at;
    }

    /// <summary>Sends a signal, e.g. <c>STOP</c>.</summary>
    public Task SignalAsync(string signal) => ProcessSignal.SendAsync(signal, _process.Id);

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
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.Split(' ', 2) is [HarnessProgram.ReadyLine, .. var announcement])
            {
                _ready.TrySetResult(announcement is [var said] ? said : "");
                continue;
            }

            lock (_ready)
            {
                (_log ?? Console.Error).WriteLine(_log is null ? $"{Name}: {line}" : line);
            }
        }
    }
}
