using System.Globalization;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Testing;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>One instance of a service, and its proxy.</summary>
/// <param name="service">The number of the service.</param>
/// <param name="instance">What tells the node from the others of its service.</param>
/// <param name="redis">Redis.</param>
/// <param name="options">The run's options.</param>
internal sealed class NodeSlot(int service, string instance, RedisServer redis, StalenessOptions options)
    : ProcessSlot(options.Output)
{
    private readonly string _name = $"{StalenessOptions.Services[service]}-{instance}";
    private int _identity = 1;
    private volatile int _port;

    /// <summary>The service.</summary>
    public string Service => StalenessOptions.Services[service];

    /// <summary>The process that it is now.</summary>
    public string Process => Current?.Name ?? _name;

    /// <summary>Where its process answers; 0 while it has none.</summary>
    public int Port => _port;

    /// <summary>The proxy before Redis that is the node's alone.</summary>
    public RedisProxy Proxy { get; } = new(redis.Port);

    /// <summary>What it is under.</summary>
    public FaultMark Fault { get; } = new();

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

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override Task EndAsync(bool terminate)
    {
        _port = 0;
        return base.EndAsync(terminate);
    }

    /// <inheritdoc/>
    protected override async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var process = await LaunchAsync(
            _name,
            Roles.Node,
            _ => new NodeArguments(
                Proxy.ConnectionString,
                Service,
                string.Create(CultureInfo.InvariantCulture, $"{_name}-{_identity}"),
                options.Mode,
                options.Breaks[service],
                Seeds.Of(options.Seed, Incarnations),
                options.Keys,
                options.Blindness,
                options.Expiry
            ),
            cancellationToken
        );
        _port = int.Parse(process.Announcement, CultureInfo.InvariantCulture);
    }
}
