using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Benchmarks.Workers;

/// <summary>This program as a worker, in a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process, string name)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Heard(name, line.Data);
        process.ErrorDataReceived += (_, line) => Heard(name, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a worker and waits until it consumes.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public static async Task<WorkerProcess> StartAsync(WorkerArguments arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", typeof(WorkerProcess).Assembly.Location, .. arguments.ToArray()]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var worker = new WorkerProcess(Process.Start(start)!, arguments.Instance);
        try
        {
            var ended = worker._process.WaitForExitAsync(cancellationToken);
            if (await Task.WhenAny(worker._ready.Task, ended).WaitAsync(StartLimit, cancellationToken) == ended)
            {
                throw new InvalidOperationException(
                    $"The worker {arguments.Instance} ended before it was ready; its output is above."
                );
            }

            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
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

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <exception cref="TimeoutException">The worker did not end in time.</exception>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
    }

    /// <summary>Ends the worker if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Heard(string name, string? line)
    {
        if (line == WorkerArguments.ReadyLine)
        {
            _ready.TrySetResult();
        }
        else if (line is not null)
        {
            Console.Error.WriteLine($"{name}: {line}");
        }
    }
}
