using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests;

/// <summary>A service as a process of its own, on 127.0.0.1 and a port that the system chose.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _disposed;

    private ServiceProcess(Process process) => _process = process;

    /// <summary>A client whose base address is the service's.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The service's address, without a slash at the end.</summary>
    public string Address => Http.BaseAddress!.ToString().TrimEnd('/');

    /// <summary>What the service wrote so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a service and waits until it is ready: no orchestrator sends it requests before.</summary>
    /// <param name="service">Its folder's name, e.g. <c>Billing</c>.</param>
    /// <param name="settings">Its configuration; keys with colons.</param>
    public static async Task<ServiceProcess> StartAsync(string service, params (string Key, string Value)[] settings)
    {
        var running = await LaunchAsync(service, settings);
        try
        {
            await Eventually.Until(
                () => running.GetAsync("health"),
                answer => answer.Status == HttpStatusCode.OK,
                StartLimit,
                TestContext.Current.CancellationToken
            );
            return running;
        }
        catch (TimeoutException exception)
        {
            await running.DisposeAsync();
            throw NotReady(service, running, exception);
        }
    }

    /// <summary>Starts a service and waits until it listens; it need not be ready.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<ServiceProcess> LaunchAsync(string service, params (string Key, string Value)[] settings)
    {
        var assembly = Layout.Assembly(service);
        var start = new ProcessStartInfo("dotnet", [assembly])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var running = new ServiceProcess(process);
        process.OutputDataReceived += (_, line) => running.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => running.OnLine(line.Data);
        process.Exited += (_, _) =>
        {
            // Until its output is complete.
            process.WaitForExit();
            running._address.TrySetException(
                new InvalidOperationException($"{service} ended before it listened. Its output:\n{running.Output}")
            );
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var address = await running._address.Task.WaitAsync(StartLimit);
            running.Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
            return running;
        }
        catch (TimeoutException exception)
        {
            await running.DisposeAsync();
            throw NotReady(service, running, exception);
        }
    }

    /// <summary>Ends the service as an orchestrator would: SIGTERM, then, if it does not obey, SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Http?.Dispose();
        if (!_process.HasExited)
        {
            await ProcessSignal.SendAsync("TERM", _process.Id);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
    }

    private static InvalidOperationException NotReady(
        string service,
        ServiceProcess running,
        TimeoutException exception
    ) => new($"{service} was not ready within {StartLimit}. Its output:\n{running.Output}", exception);

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (ListeningAddress().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value + "/"));
        }
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningAddress();
}
