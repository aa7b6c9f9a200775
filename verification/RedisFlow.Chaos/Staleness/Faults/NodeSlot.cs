using System.Globalization;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>
/// One instance of a service, through all the processes that it lives as, and its proxy. Its process has one fault at a
/// time: a second one waits until the first is over.
/// </summary>
internal sealed class NodeSlot : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<string> _incidents = [];
    private readonly StalenessOptions _options;
    private readonly string _connection;
    private readonly int _service;
    private readonly string _name;
    private ChildProcess? _process;
    private int _incarnation;
    private int _identity = 1;
    private volatile int _port;

    /// <summary>Makes the proxy; the process is started later.</summary>
    /// <param name="service">The number of the service.</param>
    /// <param name="instance">What tells the node from the others of its service.</param>
    /// <param name="redis">Redis.</param>
    /// <param name="options">The run's options.</param>
    public NodeSlot(int service, string instance, RedisServer redis, StalenessOptions options)
    {
        _service = service;
        _name = $"{StalenessOptions.Services[service]}-{instance}";
        _options = options;
        Proxy = new RedisProxy(redis.Port);
        _connection = redis.ConnectionString.Replace(
            redis.Port.ToString(CultureInfo.InvariantCulture),
            Proxy.Port.ToString(CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
    }

    /// <summary>The service.</summary>
    public string Service => StalenessOptions.Services[_service];

    /// <summary>The process that it is now.</summary>
    public string Process => _process?.Name ?? _name;

    /// <summary>Where its process answers; 0 while it has none.</summary>
    public int Port => _port;

    /// <summary>The proxy before Redis that is the node's alone.</summary>
    public RedisProxy Proxy { get; }

    /// <summary>What it is under.</summary>
    public FaultMark Fault { get; } = new();

    /// <summary>Processes that were started for this node.</summary>
    public int Incarnations => _incarnation;

    /// <summary>What went wrong beyond the faults.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    /// <summary>Starts the node.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        GuardedAsync(() => LaunchAsync(cancellationToken), cancellationToken);

    /// <summary>Kills the node, and starts it again.</summary>
    public Task KillAsync(TimeSpan down, bool newInstance, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                await EndAsync(terminate: false);
                _identity += newInstance ? 1 : 0;
                await Task.Delay(down, cancellationToken);
                await LaunchAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Ends the node, and starts it again when it is told to.</summary>
    /// <param name="terminate">Whether by SIGTERM.</param>
    /// <param name="hasEnded">Called when it is down.</param>
    /// <param name="mayStart">Completes when it may be started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task TakeDownAsync(bool terminate, Action hasEnded, Task mayStart, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                await EndAsync(terminate);
                hasEnded();
                await mayStart.WaitAsync(cancellationToken);
                await LaunchAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Freezes the node for a while.</summary>
    public Task FreezeAsync(TimeSpan length, CancellationToken cancellationToken) =>
        GuardedAsync(
            async () =>
            {
                var process = Running();
                await process.SignalAsync("STOP");
                try
                {
                    await Task.Delay(length, cancellationToken);
                }
                finally
                {
                    await process.SignalAsync("CONT");
                }
            },
            cancellationToken
        );

    /// <summary>Stops the node as an orchestrator would.</summary>
    public Task StopAsync() => GuardedAsync(() => EndAsync(terminate: true), CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await Proxy.DisposeAsync();
    }

    private async Task EndAsync(bool terminate)
    {
        var process = Running();
        _port = 0;
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

        _process = null;
        await process.DisposeAsync();
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_name}.{++_incarnation}");
        _process = await ChildProcess.StartAsync(
            name,
            new NodeArguments(
                _connection,
                Service,
                string.Create(CultureInfo.InvariantCulture, $"{_name}-{_identity}"),
                _options.Mode,
                _options.Breaks[_service],
                unchecked((_options.Seed * 7919) + _incarnation),
                _options.Keys,
                _options.Blindness,
                _options.Expiry
            ).ToArray(),
            RunFiles.Log(_options.Output, name),
            cancellationToken
        );
        _port = int.Parse(_process.Announcement, CultureInfo.InvariantCulture);
    }

    /// <summary>The process, which should run at this moment.</summary>
    /// <exception cref="InvalidOperationException">It was never started, or did not come back.</exception>
    private ChildProcess Running()
    {
        var process = _process ?? throw new InvalidOperationException($"{_name} does not run.");
        if (process.HasExited)
        {
            _incidents.Add($"{process.Name} ended by itself; see its log.");
        }

        return process;
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
